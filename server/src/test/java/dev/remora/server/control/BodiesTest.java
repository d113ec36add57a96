package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import org.junit.jupiter.api.Test;

class BodiesTest {
    private static final IpAddress GREEDY = IpAddress.v4(1);

    private final Bodies bodies = new Bodies(1000);

    @Test
    void aSourceHasAsMuchAsIsLeftForOthers() {
        int requests = 0;
        while (bodies.share(GREEDY).take(100)) {
            requests++;
        }
        assertThat(requests).isEqualTo(5);

        assertThat(bodies.share(IpAddress.v4(2)).take(200)).isTrue();
        assertThat(bodies.share(GREEDY).take(1)).isFalse();
    }

    @Test
    void whatARequestHadIsThereAgainOnce() {
        Bodies.Share first = bodies.share(GREEDY);
        Bodies.Share second = bodies.share(GREEDY);
        assertThat(first.take(200)).isTrue();
        assertThat(second.take(300)).isTrue();

        first.end();
        first.end();

        assertThat(bodies.taken()).isEqualTo(300);
        assertThat(first.take(1)).as("it is over").isFalse();
        second.end();
        assertThat(bodies.taken()).isZero();
    }
}
