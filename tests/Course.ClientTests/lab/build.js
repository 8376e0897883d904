// Puts JupyterLab together from its packages:  node build.js FOLDER  writes its scripts, styles and page, the schemas of its
// settings and its theme. Debian has JupyterLab's server and not JupyterLab; the packages are what JupyterLab itself is made of.

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(process.argv[2]);
const modules = path.join(here, 'node_modules');
const names = readdirSync(path.join(modules, '@jupyterlab')).map(name => `@jupyterlab/${name}`);
const packages = names.map(name => JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8')));
const extensions = packages.filter(each => each.jupyterlab?.extension);

rmSync(folder, { recursive: true, force: true });
for (const each of ['schemas', 'settings', 'user-settings', 'workspaces', 'themes']) mkdirSync(path.join(folder, each), { recursive: true });
for (const each of extensions.filter(each => each.jupyterlab.schemaDir))
    cpSync(path.join(modules, each.name, each.jupyterlab.schemaDir), path.join(folder, 'schemas', each.name), { recursive: true });

// What main.js imports as 'all-extensions': every package's styles, and a list of all plugins.
const everything = {
    name: 'everything',
    setup(build) {
        build.onResolve({ filter: /^all-extensions$/ }, () => ({ path: 'all-extensions', namespace: 'everything' }));
        build.onLoad({ filter: /./, namespace: 'everything' }, () => ({
            resolveDir: here,
            contents: [
                ...names.filter(name => existsSync(path.join(modules, name, 'style', 'index.js'))).map(name => `import '${name}/style/index.js';`),
                ...extensions.map((each, i) => `import extension${i} from '${each.name}';`),
                `export default [${extensions.map((_, i) => `extension${i}`)}].flat();`,
            ].join('\n'),
        }));
    },
};

// In a script a drawing is its text; in a style it is an address. A style's ~ stands for the packages.
const drawings = {
    name: 'drawings',
    setup(build) {
        build.onResolve({ filter: /^~/ }, use => build.resolve(use.path.slice(1), { kind: use.kind, resolveDir: use.resolveDir }));
        build.onResolve({ filter: /\.svg(#.*)?$/ }, use => use.kind === 'url-token'
            ? { path: path.join(use.resolveDir, use.path.replace(/#.*/, '')), namespace: 'drawing' } : null);
        build.onLoad({ filter: /./, namespace: 'drawing' }, use => ({ contents: readFileSync(use.path), loader: 'dataurl' }));
    },
};

const common = {
    bundle: true,
    minify: true,
    logLevel: 'warning',
    loader: Object.fromEntries([
        ...['.svg', '.md'].map(ending => [ending, 'text']),
        ...['.woff', '.woff2', '.ttf', '.eot', '.png', '.gif'].map(ending => [ending, 'dataurl']),
    ]),
};
await esbuild.build({
    ...common,
    entryPoints: [path.join(here, 'main.js')],
    outdir: path.join(folder, 'static'),
    format: 'esm',
    plugins: [everything, drawings],
    alias: { path: 'path-browserify' },
    // Parts that also run outside a browser ask for these.
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis', __dirname: '""' },
});
for (const each of packages.filter(each => each.jupyterlab?.themePath))
    await esbuild.build({
        ...common,
        entryPoints: [path.join(modules, each.name, each.jupyterlab.themePath)],
        outfile: path.join(folder, 'themes', each.name, 'index.css'),
        plugins: [drawings],
    });

// A template, which the server fills in.
writeFileSync(path.join(folder, 'static', 'index.html'), `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>JupyterLab</title>
<script id="jupyter-config-data" type="application/json">{{ page_config | tojson }}</script>
<link rel="stylesheet" href="{{ page_config['fullStaticUrl'] }}/main.css">
<script type="module" src="{{ page_config['fullStaticUrl'] }}/main.js"></script>
</html>
`);
