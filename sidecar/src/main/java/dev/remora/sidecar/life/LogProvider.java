package dev.remora.sidecar.life;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// How SLF4J finds the program's log; `META-INF/services` names it.
public final class LogProvider implements SLF4JServiceProvider {
    private static final String WRITTEN_FOR = "2.0.99"; // any release of SLF4J 2.0

    private final LineLoggers loggers = new LineLoggers(System.err);
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    /// Markers are taken and not printed.
    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    /// Nothing here prints a context.
    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return WRITTEN_FOR;
    }

    @Override
    public void initialize() {}
}
