package com.wildrydes.aggregation.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The checkpoints in a folder, each job's in a folder of its own: {@code JOB/chk-N/_metadata}. */
final class Checkpoints {
    /** Levels from the folder to the file that makes a checkpoint whole. */
    private static final int DEPTH = 3;

    private final Path folder;

    /** Creates the folder if it is missing. */
    Checkpoints(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /**
     * Where a job may go on from, the newest first; null, which is from nothing, only if there is no checkpoint. What
     * jobs left that have none is removed.
     */
    List<Path> candidates() throws IOException {
        List<Path> whole;
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            whole =
                    files.filter(file -> file.endsWith("_metadata"))
                            .sorted(Comparator.comparing(Checkpoints::time).reversed())
                            .map(Path::getParent)
                            .toList();
        }
        try (Stream<Path> jobs = Files.list(folder)) {
            for (Path job : jobs.toList()) {
                if (whole.stream().noneMatch(checkpoint -> checkpoint.startsWith(job))) remove(job);
            }
        }
        List<Path> candidates = new ArrayList<>(whole);
        if (candidates.isEmpty()) candidates.add(null);
        return candidates;
    }

    private static FileTime time(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    private static void remove(Path job) throws IOException {
        try (Stream<Path> files = Files.walk(job)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
