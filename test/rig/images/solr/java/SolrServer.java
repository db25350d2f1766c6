import java.util.EnumSet;
import javax.servlet.DispatcherType;
import org.apache.solr.servlet.CoreContainerProvider;
import org.apache.solr.servlet.SolrDispatchFilter;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.DefaultServlet;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;

/** Solr's filter in Jetty at /solr, as its distribution sets them up, without the admin pages. */
public final class SolrServer {
  private SolrServer() {}

  public static void main(String[] args) throws Exception {
    var server = new Server(Integer.getInteger("jetty.port", 8983));
    var root = new ServletContextHandler(server, "/solr", ServletContextHandler.NO_SESSIONS);
    root.setResourceBase(System.getProperty("java.io.tmpdir"));
    root.getServletContext()
        .setAttribute(SolrDispatchFilter.SOLRHOME_ATTRIBUTE, System.getProperty("solr.solr.home"));
    root.addEventListener(new CoreContainerProvider());
    var filter = new FilterHolder(SolrDispatchFilter.class);
    filter.setAsyncSupported(true);
    root.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    root.addServlet(DefaultServlet.class, "/");
    server.setStopAtShutdown(true);
    server.setStopTimeout(15_000);
    server.start();
    server.join();
  }
}
