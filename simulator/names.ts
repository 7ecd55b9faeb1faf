import { WildRydesError } from '../telemetry/errors.ts';

/** Most names that there are to give. */
const MOST_NAMES = 1_000_000;

/**
 * The names of a fleet of n unicorns: distinct, always the same, and the first ones of a bigger fleet are those of
 * a smaller one. The famous horses of myth and story come first, then made-up ones in two parts (`Silvermane`),
 * then, from about the ten-thousandth on, ones with a home (`Silvermane of Avalon`).
 *
 * @param n 1 to 1,000,000
 * @throws WildRydesError USAGE when n is anything else
 */
export function fleetNames(n: number): string[] {
  if (!Number.isInteger(n) || n < 1 || n > MOST_NAMES) {
    throw new WildRydesError('USAGE', `a fleet has from 1 to ${MOST_NAMES} unicorns (given ${n})`);
  }
  return Array.from({ length: n }, (_, index) => nameAt(index));
}

function nameAt(index: number): string {
  const famous = FAMOUS[index];
  if (famous !== undefined) return famous;
  const plain = index - FAMOUS.length;
  if (plain < PLAIN) return plainName(scatter(plain, PLAIN));
  const homed = scatter(plain - PLAIN, PLAIN * HOMES.length);
  return `${plainName(homed % PLAIN)} of ${HOMES[Math.floor(homed / PLAIN)]}`;
}

function plainName(index: number): string {
  return `${HEADS[index % HEADS.length]}${TAILS[Math.floor(index / HEADS.length)]}`;
}

/** Visits every number below a power of ten once, far from the one before: 7,919 is prime, so it has no factor in common with it. */
function scatter(index: number, below: number): number {
  return (index * 7_919) % below;
}

const FAMOUS = [
  ...['Shadowfax', 'Rocinante', 'Bucephalus', 'Pegasus', 'Sleipnir', 'Arion', 'Xanthos', 'Balios', 'Bayard'],
  ...['Grani', 'Gringolet', 'Babieca', 'Rakhsh', 'Skinfaxi', 'Hrimfaxi', 'Gullfaxi', 'Svadilfari', 'Aethon'],
  ...['Pyrois', 'Phlegon', 'Eous', 'Lampos', 'Phaethon', 'Enbarr', 'Llamrei', 'Hengroen', 'Passelande'],
  ...['Kanthaka', 'Tulpar', 'Chollima', 'Veillantif', 'Tencendur', 'Incitatus', 'Clavileño', 'Liath Macha'],
  ...['Dub Sainglend', 'Falada', 'Sivko-Burka', 'Šarac', 'Uchchaihshravas'],
];

const HEADS = [
  ...['Amber', 'April', 'Ash', 'Aspen', 'Autumn', 'Azure', 'Birch', 'Blossom', 'Bramble', 'Breeze'],
  ...['Bright', 'Bronze', 'Cedar', 'Cinder', 'Clear', 'Cloud', 'Clover', 'Cobalt', 'Copper', 'Coral'],
  ...['Crystal', 'Dapple', 'Dawn', 'Day', 'Dew', 'Diamond', 'Dream', 'Dusk', 'East', 'Ember'],
  ...['Fair', 'Feather', 'Fern', 'Flame', 'Fleet', 'Frost', 'Garnet', 'Glade', 'Gold', 'Hazel'],
  ...['Heather', 'Holly', 'Honey', 'Hush', 'Indigo', 'Iris', 'Ivory', 'Jade', 'Jasmine', 'Jet'],
  ...['June', 'Juniper', 'Kind', 'Lark', 'Laurel', 'Lilac', 'Linden', 'Lotus', 'Lucky', 'Lunar'],
  ...['Maple', 'Marble', 'May', 'Merry', 'Mist', 'Moon', 'Moss', 'Night', 'Noble', 'North'],
  ...['Opal', 'Pearl', 'Pepper', 'Proud', 'Quartz', 'Quick', 'Rain', 'Raven', 'River', 'Rose'],
  ...['Ruby', 'Saffron', 'Sage', 'Sapphire', 'Silver', 'Sky', 'Snow', 'Song', 'South', 'Spring'],
  ...['Star', 'Storm', 'Summer', 'Sun', 'Swift', 'Thistle', 'Thunder', 'Velvet', 'Willow', 'Winter'],
];

const TAILS = [
  ...['arrow', 'balm', 'beam', 'bell', 'berry', 'bird', 'blaze', 'bloom', 'bough', 'bow'],
  ...['branch', 'bridge', 'bringer', 'brook', 'brow', 'bud', 'burst', 'call', 'catcher', 'chant'],
  ...['charm', 'chaser', 'chime', 'cloak', 'comet', 'crest', 'crown', 'curl', 'dale', 'dancer'],
  ...['dart', 'drift', 'echo', 'eye', 'fall', 'field', 'fire', 'flake', 'flare', 'flash'],
  ...['flight', 'flower', 'flute', 'foal', 'gale', 'gait', 'gem', 'glance', 'gleam', 'glimmer'],
  ...['glow', 'grove', 'harp', 'heart', 'hill', 'hoof', 'horn', 'jewel', 'jumper', 'keeper'],
  ...['lace', 'leaf', 'leap', 'light', 'lily', 'mane', 'mark', 'meadow', 'mirror', 'morning'],
  ...['muzzle', 'path', 'petal', 'plume', 'pool', 'prancer', 'ray', 'ribbon', 'rider', 'ring'],
  ...['road', 'runner', 'sail', 'shade', 'shimmer', 'shine', 'singer', 'skipper', 'spark', 'spirit'],
  ...['step', 'stream', 'stride', 'tail', 'trail', 'vale', 'whisper', 'wind', 'wing', 'wish'],
];

const HOMES = [
  ...[
    'Alder Hill',
    'Amberley',
    'Appledore',
    'Arcadia',
    'Arden',
    'Avalon',
    'Avebury',
    'Azure Bay',
    'Bluebell Wood',
  ],
  ...['Brambledown', 'Briar Gate', 'Broceliande', 'Camelot', 'Cedar Falls', 'Cherry Hollow', 'Cloud Harbour'],
  ...['Clover Field', 'Coral Cove', 'Cuckoo Mead', 'Daisy Bank', 'Dapple Dell', 'Dawn Ridge', 'Deep Dale'],
  ...['Dove Cote', 'Dream Lake', 'Eagle Rock', 'Echo Valley', 'Elder Grove', 'Elm Bridge', 'Ember Isle'],
  ...[
    'Faraway',
    'Fern Hollow',
    'Fernwick',
    'Finch Green',
    'Foxglove',
    'Frost Fell',
    'Glass Mountain',
    'Golden Gate',
  ],
  ...[
    'Green Vale',
    'Hawthorn',
    'Hazel Bank',
    'Heron Lake',
    'High Meadow',
    'Holly Bush',
    'Honey Hill',
    'Iris Pond',
  ],
  ...['Ithaca', 'Ivy Court', 'Juniper Down', 'Kestrel Crag', 'Kingfisher Weir', 'Larkrise', 'Lavender Row'],
  ...[
    'Lilac Lane',
    'Linden Square',
    'Loch Linden',
    'Lyonesse',
    'Maple Run',
    'Marigold',
    'Mayfield',
    'Meander',
  ],
  ...[
    'Merry Mount',
    'Mill Race',
    'Misty Isle',
    'Moonrise',
    'Moss Side',
    'Narrow Water',
    'Nightingale',
    'North Star',
  ],
  ...['Oak Apple', 'Old Orchard', 'Opal Creek', 'Otter Brook', 'Owl Barn', 'Pebble Beach', 'Pine Ridge'],
  ...['Primrose', 'Quiet Harbour', 'Quince Garden', 'Rainbow End', 'Raven Tor', 'Red Maple', 'River Bend'],
  ...['Robin Hill', 'Rose Arbour', 'Rowan Tree', 'Saffron Walk', 'Silver Strand', 'Skylark', 'Snowdrop'],
  ...['Sorrel Mead', 'Starfall', 'Stone Bridge', 'Summer Isle', 'Swan Mere', 'Thistledown', 'Thyme Bank'],
  ...['Violet Hill', 'Willow End', 'Wren House'],
];

/** How many names in two parts there are: 10,000. */
const PLAIN = HEADS.length * TAILS.length;
