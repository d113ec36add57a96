package dev.remora.node;

import dev.remora.engine.netstack.TcpListener;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listener of the stack, which lives on the loop, for those who do not.
record ListeningPort(TcpListener listener, Executor loop, EngineDriver driver)
        implements ServedPort {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningPort.class);

    @Override
    public int port() {
        return listener.port();
    }

    @Override
    public void close() {
        try {
            loop.execute(() -> {
                listener.close(driver.now());
                driver.finishBatch();
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("the node has ended, and port {} with it", port());
        }
    }
}
