package dev.remora.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AcquaintancesTest {
    private static final int MOST = 10;

    private final Random random = new Random(1);
    private final Acquaintances acquaintances = new Acquaintances(MOST);
    private final List<Client> receivers = new ArrayList<>();

    AcquaintancesTest() {
        for (int i = 0; i < 2 * MOST; i++) {
            receivers.add(receiver());
        }
    }

    private NodePrivateKey key() {
        return NodePrivateKey.generate(random);
    }

    private Client receiver() {
        Admission.Arrival arrival =
                new Admission.Arrival(
                        key().publicKey(),
                        new IpPort(IpAddress.v4(0x7f000001), 1),
                        ClientDetails.OF_NODE);
        Outbox outbox = new Outbox(new EmbeddedChannel(), new QueueBudget(1000), new RelayCounts());
        return new Client(arrival, Client.Kind.NODE, outbox, () -> {}, 0);
    }

    private Seat whoSendsToAll() {
        Seat sender = new Seat(key().publicKey());
        receivers.forEach(receiver -> acquaintances.met(sender, receiver));
        return sender;
    }

    @Test
    void nobodyHasMoreThanIsLeftForOthers() {
        Seat greedy = whoSendsToAll();
        assertThat(greedy.reached()).hasSize(MOST / 2);

        Seat other = new Seat(key().publicKey());
        acquaintances.met(other, receivers.getLast());

        assertThat(other.reached()).containsExactly(receivers.getLast());
        for (int i = 0; i < 100; i++) {
            whoSendsToAll();
        }
        assertThat(acquaintances.count()).isLessThanOrEqualTo(MOST);
    }

    @Test
    void whoLeavesMakesRoom() {
        Seat sender = whoSendsToAll();

        acquaintances.left(receivers.getFirst());
        assertThat(acquaintances.count()).isEqualTo(MOST / 2 - 1);
        acquaintances.ended(sender);

        assertThat(acquaintances.count()).isZero();
        assertThat(receivers).allMatch(receiver -> receiver.heard().isEmpty());
    }
}
