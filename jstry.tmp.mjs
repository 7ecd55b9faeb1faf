import { S3Client, PutObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
const c = new S3Client({ endpoint: 'http://localhost:38243', region: 'us-east-1' });
try { await c.send(new PutObjectCommand({ Bucket: 'py', Key: 'js', Body: 'x' })); console.log(await (await c.send(new GetObjectCommand({ Bucket: 'py', Key: 'js' }))).Body.transformToString()); } catch (e) { console.log('JS localhost', e.name, e.message); }
