// node build.mjs FOLDER: bundles src/ and puts it with static/ and the map's borders into FOLDER.
import {build} from 'esbuild';
import {cpSync, mkdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';

const [out] = process.argv.slice(2);
const require = createRequire(import.meta.url);

mkdirSync(join(out, 'map'), {recursive: true});
cpSync('static', out, {recursive: true});
for (const detail of ['50m', '10m']) {
  cpSync(require.resolve(`world-atlas/countries-${detail}.json`), join(out, 'map', `${detail}.json`));
}
await build({
  entryPoints: ['src/main.js'],
  outfile: join(out, 'app.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'linked',
});
