package dev.remora.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.state.StateFile;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeCacheTest {
    private static final Instant NOW = Instant.parse("2026-08-01T00:00:00Z");
    private static final NodeKey SELF = NodePrivateKey.generate(new Random(1)).publicKey();

    @TempDir private Path folder;
    private final ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
    private final Random random = new Random(2);
    private StateFile state;

    @BeforeEach
    void open() throws IOException {
        state = StateFile.open(folder);
    }

    @AfterEach
    void close() {
        slow.shutdownNow();
        state.close();
    }

    private NodeCache cache() {
        return new NodeCache(state.cache("cache"), random, slow);
    }

    private static NetMap map(String expiry) throws Exception {
        String json =
                "{\"Node\":{\"ID\":1,\"Key\":\"%s\",\"KeyExpiry\":\"%s\",\"Name\":\"a.sim.\"}}"
                        .formatted(SELF.text(), expiry);
        return NetMap.first(
                ControlJson.read(MapResponse.class, json.getBytes(StandardCharsets.UTF_8)), NOW);
    }

    private void keep(NetMap map) {
        NodeCache cache = cache();
        cache.keepUdpPort(4321);
        cache.keep(map);
        cache.close();
    }

    @Test
    void whatWasKeptIsThereAtTheNextStart() throws Exception {
        NodeCache first = cache();
        first.keepUdpPort(4321);
        first.keep(map("2030-01-01T00:00:00Z"));
        first.flush();

        NodeCache second = cache();
        assertThat(second.disco().publicKey()).isEqualTo(first.disco().publicKey());
        assertThat(second.udpPort()).isEqualTo(4321);
        assertThat(second.map(SELF, NOW).orElseThrow().self().name()).isEqualTo("a.sim.");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("cache"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theMapOfAnotherNodeIsNotOurs() throws Exception {
        keep(map("2030-01-01T00:00:00Z"));
        NodeKey other = NodePrivateKey.generate(random).publicKey();
        assertThat(cache().map(other, NOW)).isEmpty();
    }

    @Test
    void aMapWhoseKeyHasEndedIsOfNoUse() throws Exception {
        keep(map("2026-07-31T00:00:00Z"));
        assertThat(cache().map(SELF, NOW)).isEmpty();
    }

    @Test
    void aForgottenMapIsGoneButTheKeyStays() throws Exception {
        keep(map("2030-01-01T00:00:00Z"));
        NodeCache second = cache();
        second.forgetMap();
        second.flush();
        NodeCache third = cache();
        assertThat(third.map(SELF, NOW)).isEmpty();
        assertThat(third.disco().publicKey()).isEqualTo(second.disco().publicKey());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "privkey:00 1\n{}",
                "privkey:0102030405060708091011121314151617181920212223242526272829303132 70000\n",
                "privkey:0102030405060708091011121314151617181920212223242526272829303132 7\n{\"Node\":",
                "privkey:0102030405060708091011121314151617181920212223242526272829303132 7\n{}"
            })
    void aDamagedFileCountsAsLost(String content) throws Exception {
        state.cache("cache").orElseThrow().write(content.getBytes(StandardCharsets.UTF_8));
        NodeCache cache = cache();
        assertThat(cache.map(SELF, NOW)).isEmpty();
        assertThat(cache.udpPort()).isIn(0, 7);
        cache.keep(map("2030-01-01T00:00:00Z"));
        cache.flush();
        assertThat(cache().map(SELF, NOW)).isPresent();
    }

    @Test
    void withoutAFileEachStartIsTheFirst() throws Exception {
        NodeCache first = new NodeCache(Optional.empty(), random, slow);
        first.keep(map("2030-01-01T00:00:00Z"));
        assertThat(first.flush()).isFalse();
        assertThat(first.map(SELF, NOW)).as("within one process").isPresent();
        NodeCache second = new NodeCache(Optional.empty(), random, slow);
        assertThat(second.disco().publicKey()).isNotEqualTo(first.disco().publicKey());
    }
}
