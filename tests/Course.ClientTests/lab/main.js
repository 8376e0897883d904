// JupyterLab with the extensions that build.js found.

import { JupyterLab } from '@jupyterlab/application';
import { IServiceManager } from '@jupyterlab/services';
import { PluginRegistry } from '@lumino/coreutils';
import extensions from 'all-extensions';

// It asks whether it may look for news, which needs a network and covers a corner of the page.
const plugins = extensions.filter(plugin => plugin.id !== '@jupyterlab/apputils-extension:announcements');

const pluginRegistry = new PluginRegistry();
pluginRegistry.registerPlugins(plugins);
const serviceManager = await pluginRegistry.resolveRequiredService(IServiceManager);
const lab = new JupyterLab({ pluginRegistry, serviceManager });
await lab.start();
await lab.restored;

// For the tests, which look at the document that is open.
window.lab = lab;
