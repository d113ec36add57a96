package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static dev.remora.server.relay.TestRelay.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.ClientHandshake;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.MeshFrame;
import dev.remora.proto.derp.ServerDetails;
import dev.remora.server.relay.Admission.Verdict;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How a connection becomes a client's, and who does not become one.
class IntroductionTest {
    private static final DerpServerKey RELAY = new DerpServerKey(TestRelay.KEY.publicKey().bytes());

    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

    @Test
    void answersTheUpgradeThenGreetsThenAnswersTheIntroduction() throws Exception {
        Wire alice = new TestRelay().wire();

        alice.write(Wire.UPGRADE + "\r\n");
        String answer = alice.text();
        alice.introduce(ALICE, ClientDetails.OF_NODE);

        assertThat(answer)
                .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                .containsIgnoringCase("Upgrade: DERP\r\n")
                .contains(RELAY.bytes().hex() + "\r\n\r\n\u0001");
        assertThat(alice.frames())
                .singleElement()
                .isInstanceOfSatisfying(
                        HandshakeFrame.ServerInfo.class,
                        info -> assertThat(opened(info)).isEqualTo(new ServerDetails(2, 0, 0)));
    }

    private static ServerDetails opened(HandshakeFrame.ServerInfo info) {
        try {
            return new ClientHandshake(ALICE, RELAY).open(info);
        } catch (MalformedException e) {
            throw new AssertionError(e.reason());
        }
    }

    @Test
    void withFastStartEverythingMayComeInOnePieceAndNothingButFramesGoesBack() throws Exception {
        Wire alice = new TestRelay().wire();
        byte[] request = (Wire.UPGRADE + "Derp-Fast-Start: 1\r\n\r\n").getBytes("US-ASCII");
        byte[] frames =
                Wire.bytesOf(
                        Wire.introduction(ALICE, ClientDetails.OF_NODE),
                        new DerpFrame.NotePreferred(true),
                        new DerpFrame.Ping(3));

        alice.write(
                ByteBuffer.allocate(request.length + frames.length)
                        .put(request)
                        .put(frames)
                        .array());

        List<DerpFrame> heard = alice.frames();
        assertThat(heard).hasSize(3).startsWith(new HandshakeFrame.ServerKey(RELAY));
        assertThat(heard).endsWith(new DerpFrame.Pong(3));
    }

    @Test
    void nothingIsDeliveredBeforeTheVerdictAndEverythingAfterwards() throws Exception {
        TestRelay relay = new TestRelay(arrival -> verdict, 1 << 20);
        Wire alice = relay.wire();
        alice.upgrade();
        alice.introduce(ALICE, ClientDetails.OF_NODE);
        alice.write(new DerpFrame.SendPacket(ALICE.publicKey(), packet("to myself")));
        assertThat(alice.frames()).isEmpty();
        assertThat(alice.isRead()).isFalse();

        verdict.complete(new Verdict.Admitted(RateLimit.NONE));

        assertThat(alice.frames())
                .hasSize(2)
                .endsWith(new DerpFrame.RecvPacket(ALICE.publicKey(), packet("to myself")));
        assertThat(alice.isRead()).isTrue();
    }

    @Test
    void whoIsRefusedIsHungUpOnWithoutAWord() throws Exception {
        TestRelay relay = new TestRelay(arrival -> verdict, 1 << 20);
        Wire alice = relay.wire();
        alice.upgrade();
        alice.introduce(ALICE, ClientDetails.OF_NODE);

        verdict.complete(new Verdict.Refused("not of this tailnet"));

        assertThat(alice.frames()).isEmpty();
        assertThat(alice.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.NOT_ADMITTED)).isEqualTo(1);
    }

    @Test
    void aVerdictThatFailsOrNeverComesIsARefusal() throws Exception {
        TestRelay relay = new TestRelay(arrival -> verdict, 1 << 20);
        Wire alice = relay.wire();
        alice.upgrade();
        alice.introduce(ALICE, ClientDetails.OF_NODE);
        relay.pass(11, TimeUnit.SECONDS);
        assertThat(alice.isOpen()).isFalse();

        Wire bob = relay.wire();
        bob.upgrade();
        bob.introduce(BOB, ClientDetails.OF_NODE);
        verdict.completeExceptionally(new IllegalStateException("asked in vain"));

        assertThat(bob.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.NOT_ADMITTED)).isEqualTo(2);
    }

    @Test
    void theVerdictIsAskedForWithKeyAddressAndDetails() throws Exception {
        CompletableFuture<Admission.Arrival> asked = new CompletableFuture<>();
        Wire alice =
                new TestRelay(
                                arrival -> {
                                    asked.complete(arrival);
                                    return verdict;
                                },
                                1 << 20)
                        .wire();
        alice.upgrade();

        alice.introduce(ALICE, ClientDetails.OF_NODE);

        assertThat(asked.getNow(null).key()).isEqualTo(ALICE.publicKey());
        assertThat(asked.getNow(null).from()).hasToString("192.0.2.7:4711");
        assertThat(asked.getNow(null).details()).isEqualTo(ClientDetails.OF_NODE);
    }

    @Test
    void whoDoesNotOwnTheKeyItNamesIsHungUpOn() throws Exception {
        TestRelay relay = new TestRelay();
        Wire mallory = relay.wire();
        mallory.upgrade();
        byte[] bytes = Wire.bytesOf(Wire.introduction(BOB, ClientDetails.OF_NODE));
        ALICE.publicKey().bytes().write(ByteBuffer.wrap(bytes, DerpFrame.HEADER_LENGTH, 32));

        mallory.write(bytes);

        assertThat(mallory.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.BAD_INTRODUCTION)).isEqualTo(1);
        assertThat(relay.counts().clients()).isZero();
    }

    @Test
    void whoBeginsWithSomethingElseIsHungUpOn() throws Exception {
        TestRelay relay = new TestRelay();
        Wire mallory = relay.wire();
        mallory.upgrade();

        mallory.write(new DerpFrame.Ping(1));

        assertThat(mallory.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.BAD_INTRODUCTION)).isEqualTo(1);
    }

    @Test
    void whoDoesNotIntroduceItselfWithinTenSecondsIsHungUpOn() {
        TestRelay relay = new TestRelay();
        Wire mute = relay.wire();
        mute.upgrade();

        relay.pass(9, TimeUnit.SECONDS);
        assertThat(mute.isOpen()).isTrue();
        relay.pass(2, TimeUnit.SECONDS);

        assertThat(mute.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.NO_INTRODUCTION)).isEqualTo(1);
    }

    @Test
    void aClientMayNotSpeakAsAMeshPeer() throws Exception {
        TestRelay relay = new TestRelay();
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);

        alice.write(new MeshFrame.ClosePeer(BOB.publicKey()));

        assertThat(alice.isOpen()).isFalse();
        assertThat(bob.isOpen()).isTrue();
        assertThat(relay.counts().hangups(Hangup.MALFORMED)).isEqualTo(1);
    }

    @Test
    void whoHasALimitIsReadAgainWhenItsDebtIsPaid() throws Exception {
        RateLimit limit = new RateLimit(100_000, 0);
        TestRelay relay =
                new TestRelay(
                        arrival -> CompletableFuture.completedFuture(new Verdict.Admitted(limit)),
                        1 << 20);
        Wire alice = relay.join(ALICE);
        DerpFrame big = new DerpFrame.SendPacket(BOB.publicKey(), ByteBuffer.allocate(50_000));

        alice.write(big, big, new DerpFrame.Ping(1));
        assertThat(alice.frames()).isEmpty();
        assertThat(alice.isRead()).isFalse();
        relay.pass(300, TimeUnit.MILLISECONDS);
        assertThat(alice.frames()).isEmpty();
        relay.pass(100, TimeUnit.MILLISECONDS);

        assertThat(alice.frames()).containsExactly(new DerpFrame.Pong(1));
        assertThat(alice.isRead()).isTrue();
    }
}
