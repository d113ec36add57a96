package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a client learns whose the nodes are that it sees.
class OwnersDeltaTest {
    private final TestTailnet tailnet = new TestTailnet(1);
    private final MapService service = tailnet.serve();
    private final Node viewer = tailnet.add(1);
    private final Node peer = tailnet.add(2);
    private final Node other = tailnet.add(2);
    private final TestClient client = TestClient.polling(service, viewer);

    @BeforeEach
    void knowsWhatThereIs() {
        client.message(0);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    /// The next message after the first.
    private MapResponse delta() {
        return client.message(1);
    }

    @Test
    void tagsMakeANodeNobodys() {
        tag(peer);

        assertThat(delta().peersChanged().get(0).tags()).containsExactly("tag:web");
        assertThat(delta().peersChanged().get(0).user()).isEqualTo(TestTailnet.TAGGED);
        assertThat(delta().userProfiles())
                .extracting(UserProfile::loginName)
                .containsExactly("tagged-devices");
    }

    @Test
    void aNewNodeComesWithItsUser() {
        Node late = tailnet.add(3);
        service.onNodeChanged(late.id());

        assertThat(delta().peersChanged()).extracting(NodeInfo::id).containsExactly(late.id());
        assertThat(delta().userProfiles()).extracting(UserProfile::id).containsExactly(3L);
        assertThat(delta().collectServices())
                .as("by which the official client takes the profile up into its status")
                .isFalse();

        service.onNodeChanged(tailnet.add(3).id());
        assertThat(client.message(2).userProfiles()).isNull();
        assertThat(client.message(2).collectServices())
                .as("nothing new of users: the client need not begin anew")
                .isNull();
    }

    @Test
    void aUserWhoWasWithoutNodesIsToldAgain() {
        remove(peer);
        delta();
        remove(other);
        client.message(2);
        service.onNodeChanged(tailnet.add(2).id());

        assertThat(client.message(3).userProfiles())
                .extracting(UserProfile::id)
                .containsExactly(2L);
    }

    @Test
    void whoseLastNodeTurnedToAnotherIsToldAgain() {
        tag(peer);
        delta();
        remove(peer);
        client.message(2);
        tag(other);

        assertThat(client.message(3).userProfiles())
                .extracting(UserProfile::loginName)
                .containsExactly("tagged-devices");
    }

    @Test
    void aRenamedUserIsToldToWhoKnowsHim() {
        tailnet.user(2, "bob");
        service.onUserChanged(2);

        assertThat(delta().userProfiles())
                .extracting(UserProfile::displayName)
                .containsExactly("bob");
        assertThat(delta().peersChanged()).isNull();
    }

    private void tag(Node node) {
        tailnet.change(
                node.id(),
                before -> before.withOwner(new Owner.Tagged(new TreeSet<>(Set.of("tag:web")))));
        service.onNodeChanged(node.id());
    }

    private void remove(Node node) {
        tailnet.delete(node.id());
        service.onRemoved(node.id());
    }
}
