package org.elasticsearch.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.plugins.ClasspathPlugins;
import org.elasticsearch.plugins.PluginsLoader;
import org.elasticsearch.plugins.PluginsService;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/**
 * One Elasticsearch node out of the libraries. Settings: config/elasticsearch.yml, then every environment variable
 * whose name has a dot, as in the official image. Settings of parts that are not here (X-Pack) are left out.
 */
public final class SingleNode {
  private SingleNode() {}

  public static void main(String[] args) throws Exception {
    LogConfigurator.loadLog4jPlugins();
    LogConfigurator.configureESLogging();
    Path home = Path.of(args[0]);
    Settings.Builder settings = Settings.builder().put("network.host", "0.0.0.0").put("cluster.name", "docker-cluster");
    Path file = home.resolve("config/elasticsearch.yml");
    if (Files.exists(file)) settings.loadFromPath(file);
    for (Map.Entry<String, String> variable : new TreeMap<>(System.getenv()).entrySet()) {
      if (variable.getKey().matches("[a-z0-9_-]+(\\.[a-z0-9_-]+)+")) settings.put(variable.getKey(), variable.getValue());
    }
    settings.keys().removeIf(key -> key.startsWith("xpack.") || key.startsWith("ingest.geoip."));
    // A node alone is what this image can be; it makes itself a cluster.
    settings.put("path.home", home.toString()).put("discovery.type", "single-node");
    settings.put("http.type", "netty4").put("transport.type", "netty4");
    if (settings.get("node.name") == null) settings.put("node.name", java.net.InetAddress.getLocalHost().getHostName());
    Environment environment = new Environment(settings.build(), home.resolve("config"));
    NodeServiceProvider services = new NodeServiceProvider() {
      @Override
      PluginsService newPluginService(Environment initial, PluginsLoader loader) {
        return new ClasspathPlugins(initial, List.of(Netty4Plugin.class, RootPlugin.class));
      }
    };
    Node node = new Node(NodeConstruction.prepareConstruction(environment, null, services, true));
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, stopped)));
    node.start();
    stopped.await();
  }

  private static void stop(Node node, CountDownLatch stopped) {
    try {
      node.prepareForClose();
      node.close();
      node.awaitClose(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      e.printStackTrace();
    } finally {
      stopped.countDown();
    }
  }
}
