package dev.remora.server.relay;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpFrame;
import java.util.Arrays;
import java.util.List;

/// A client that sends anything at all: it is read or hung up on, others are not disturbed, and how its stream is cut
/// into pieces makes no difference.
class ClientHandlerFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void afterTheIntroduction(byte[] stream) throws MalformedException {
        List<DerpFrame> whole = heardBack(stream, Math.max(1, stream.length));
        List<DerpFrame> pieces = heardBack(stream, 1 + stream.length / 3);
        if (!whole.equals(pieces)) {
            throw new AssertionError(whole + " in pieces is " + pieces);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void insteadOfTheIntroduction(byte[] stream) throws MalformedException {
        TestRelay relay = new TestRelay();
        Wire stranger = relay.wire();
        stranger.upgrade();
        stranger.write(stream);
        stranger.bytes();
        expectThatOthersAreServed(relay);
    }

    @FuzzTest(maxDuration = "10s")
    void insteadOfHttp(byte[] stream) throws MalformedException {
        TestRelay relay = new TestRelay();
        Wire stranger = relay.wire();
        stranger.write(stream);
        stranger.bytes();
        expectThatOthersAreServed(relay);
    }

    private static List<DerpFrame> heardBack(byte[] stream, int pieceLength)
            throws MalformedException {
        TestRelay relay = new TestRelay();
        Wire fuzzer = relay.wire();
        fuzzer.upgrade();
        fuzzer.introduce(TestRelay.CAROL, ClientDetails.OF_NODE);
        fuzzer.frames();
        for (int at = 0; at < stream.length && fuzzer.isOpen(); at += pieceLength) {
            fuzzer.write(Arrays.copyOfRange(stream, at, Math.min(at + pieceLength, stream.length)));
        }
        List<DerpFrame> heard = fuzzer.frames();
        expectThatOthersAreServed(relay);
        if (relay.context().budget().taken() != 0) {
            throw new AssertionError("queues kept " + relay.context().budget().taken() + " bytes");
        }
        // pongs to several pings that came at once may be one
        return heard.stream().filter(frame -> !(frame instanceof DerpFrame.Pong)).toList();
    }

    private static void expectThatOthersAreServed(TestRelay relay) throws MalformedException {
        Wire alice = relay.join(TestRelay.ALICE);
        Wire bob = relay.join(TestRelay.BOB);
        alice.write(
                new DerpFrame.SendPacket(TestRelay.BOB.publicKey(), TestRelay.packet("still?")));
        DerpFrame expected =
                new DerpFrame.RecvPacket(TestRelay.ALICE.publicKey(), TestRelay.packet("still?"));
        if (!bob.frames().equals(List.of(expected))) {
            throw new AssertionError("a packet was not delivered");
        }
    }
}
