package dev.remora.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.state.CacheFile;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lets a node that was started again be reachable at once, before control has answered and even without it: the disco key and the UDP port that
/// peers know, and the last netmap. Losing it costs seconds, so whatever is wrong with the file, it only counts as lost.
///
/// The file has a line with key and port, and behind it the map as a message of control in JSON.
final class NodeCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCache.class);

    /// Maps change often in large tailnets: the pause between two writes grows up to the second figure.
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int MAX_PORT = 65535;

    private final Optional<CacheFile> file;
    private final Executor slow;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final DiscoPrivateKey disco;
    private byte[] keptMap;
    private int udpPort;
    private @Nullable NetMap map;
    private int writtenHash;
    private boolean dirty;
    private boolean writing;

    private record Header(DiscoPrivateKey disco, int udpPort) {}

    /// @param file empty: every start is the first one
    /// @param slow where writing may wait for the disk
    NodeCache(Optional<CacheFile> file, RandomGenerator random, Executor slow) {
        this.file = file;
        this.slow = slow;
        byte[] content = file.flatMap(CacheFile::read).orElse(new byte[0]);
        int lineEnd = 0;
        while (lineEnd < content.length && content[lineEnd] != '\n') {
            lineEnd++;
        }
        Optional<Header> header = header(new String(content, 0, lineEnd, UTF_8));
        disco = header.map(Header::disco).orElseGet(() -> DiscoPrivateKey.generate(random));
        udpPort = header.map(Header::udpPort).orElse(0);
        keptMap =
                header.isEmpty() || lineEnd == content.length
                        ? new byte[0]
                        : Arrays.copyOfRange(content, lineEnd + 1, content.length);
    }

    private static Optional<Header> header(String line) {
        String[] words = line.split(" ");
        try {
            int port = words.length == 2 ? Integer.parseInt(words[1]) : -1;
            return port < 0 || port > MAX_PORT
                    ? Optional.empty()
                    : Optional.of(new Header(DiscoPrivateKey.parse(words[0]), port));
        } catch (MalformedException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// The key that peers find us by on the underlay.
    DiscoPrivateKey disco() {
        return disco;
    }

    /// The port of last time, 0 if there was none.
    synchronized int udpPort() {
        return udpPort;
    }

    synchronized void keepUdpPort(int port) {
        udpPort = port;
    }

    /// The last map, if it is about the node with this key and that key has not ended.
    synchronized Optional<NetMap> map(NodeKey self, Instant now) {
        if (map == null && keptMap.length > 0) {
            try {
                map = NetMap.first(ControlJson.read(MapResponse.class, keptMap), now);
            } catch (MalformedException e) {
                LOG.debug("the kept netmap cannot be read: {}", e.reason());
            }
            keptMap = new byte[0];
        }
        return Optional.ofNullable(map)
                .filter(last -> last.self().key().equals(self) && !last.isSelfExpired(now))
                .map(last -> last.at(now));
    }

    /// Writes the map soon.
    synchronized void keep(NetMap now) {
        map = now;
        change();
    }

    /// We are not in this tailnet any more.
    synchronized void forgetMap() {
        if (map != null || keptMap.length > 0) {
            map = null;
            change();
        }
    }

    private void change() {
        dirty = true;
        if (!writing && file.isPresent()) {
            writing = true;
            slow.execute(this::write);
        }
    }

    private void write() {
        Duration pause = FIRST_PAUSE;
        try {
            while (flush() && !ended.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
            }
        } catch (InterruptedException e) {
            LOG.trace("the node ends");
        }
    }

    /// What is not on disk yet is written now, and no pause lasts any longer.
    @Override
    public void close() {
        flush();
        ended.countDown();
    }

    /// Writes what is not on disk yet. False if there was nothing.
    synchronized boolean flush() {
        if (!dirty || file.isEmpty()) {
            writing = false;
            return false;
        }
        dirty = false;
        byte[] json = map == null ? new byte[0] : ControlJson.write(map.toMessage());
        byte[] content = content(json);
        int hash = Arrays.hashCode(content);
        if (hash != writtenHash) {
            try {
                file.get().write(content);
                writtenHash = hash;
            } catch (IOException e) {
                LOG.debug("what helps the next start was not kept: {}", e.getMessage());
            }
        }
        return true;
    }

    private byte[] content(byte[] json) {
        byte[] header = (disco.text() + " " + udpPort + "\n").getBytes(UTF_8);
        byte[] content = Arrays.copyOf(header, header.length + json.length);
        System.arraycopy(json, 0, content, header.length, json.length);
        return content;
    }
}
