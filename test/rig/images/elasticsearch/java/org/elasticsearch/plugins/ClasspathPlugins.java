package org.elasticsearch.plugins;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.Version;
import org.elasticsearch.env.Environment;

/** Plugins found on the class path, where the distribution looks for folders that no registry has. */
public class ClasspathPlugins extends PluginsService {
  private final List<LoadedPlugin> found;

  public ClasspathPlugins(Environment environment, List<Class<? extends Plugin>> classes) {
    super(environment.settings(), environment.configDir(), new PluginsLoader(Set.of(), Set.of(), Map.of()));
    found = classes.stream().map(type -> load(type, environment)).toList();
  }

  private static LoadedPlugin load(Class<? extends Plugin> type, Environment environment) {
    var descriptor = new PluginDescriptor(type.getSimpleName(), "on the class path", Version.CURRENT.toString(),
        Version.CURRENT.toString(), System.getProperty("java.specification.version"), type.getName(), null,
        List.of(), false, false, true, false);
    return new LoadedPlugin(descriptor, loadPlugin(type, environment.settings(), environment.configDir()),
        type.getClassLoader());
  }

  @Override
  protected List<LoadedPlugin> plugins() {
    return found == null ? List.of() : found; // asked for while the superclass is made
  }
}
