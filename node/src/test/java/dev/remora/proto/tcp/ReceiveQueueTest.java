package dev.remora.proto.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReceiveQueueTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void givesBackTheStreamWhateverTheOrderOfItsPieces(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        CountingMemory memory = CountingMemory.plenty();
        ReceiveQueue queue = new ReceiveQueue(memory, 1);
        int total = 200_000;
        while (queue.read() <= total) {
            long from = Math.min(queue.next() + random.nextInt(random.nextInt(1, 60_000)), total);
            int length = (int) Math.min(1 + random.nextInt(3000), total + 1 - from);
            if (random.nextInt(4) == 0) {
                from = queue.next();
                length = (int) Math.min(length, total + 1 - from);
            }
            if (length > 0) {
                queue.store(from, Stream.bytes(from, length));
            }
            if (queue.readable() > 0 && random.nextBoolean()) {
                ByteBuffer bytes = queue.peek();
                int taken = 1 + random.nextInt(bytes.remaining());
                Stream.check(bytes.limit(bytes.position() + taken), queue.read());
                queue.consume(taken);
            }
        }

        assertThat(memory.held()).isZero();
    }

    @Test
    void keepsTheFirstCopyOfEachByte() {
        ReceiveQueue queue = new ReceiveQueue(CountingMemory.plenty(), 1);
        queue.store(5, text("first"));
        queue.store(1, text("0123456789abc"));

        byte[] read = new byte[queue.readable()];
        queue.peek().get(read);

        assertThat(new String(read, US_ASCII)).isEqualTo("0123first9abc");
    }

    @Test
    void refusesWhatTheBudgetDoesNotAllow() {
        CountingMemory memory = new CountingMemory(1);
        ReceiveQueue queue = new ReceiveQueue(memory, 1);

        assertThat(queue.store(1, Stream.bytes(1, 1000))).isTrue();
        assertThat(queue.store(1001, Stream.bytes(1001, TcpMemory.CHUNK))).isFalse();
        assertThat(queue.readable()).isEqualTo(1000);
        queue.releaseAll();
        assertThat(memory.held()).isZero();
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
