package dev.remora.server.netmap;

import dev.remora.proto.control.MapRequest;
import dev.remora.server.model.Node;
import dev.remora.server.netmap.Mailbox.End;
import dev.remora.server.netmap.Mailbox.Notes;
import dev.remora.server.netmap.MapCounts.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// One client's open stream of maps, on the virtual thread of its request.
final class Poll {
    private final MapContext context;
    private final Frames frames;
    private final FrameSink out;
    private final boolean zstd;
    private final boolean keepAlive;
    private final PollView view;
    private final Mailbox mailbox;

    /// As the client was told last, for the case that it is deleted.
    private Node node;

    Poll(MapContext context, Frames frames, Node node, MapRequest request, FrameSink out) {
        this.context = context;
        this.frames = frames;
        this.node = node;
        this.out = out;
        this.zstd = "zstd".equals(request.compress());
        this.keepAlive = request.keepAlive();
        this.mailbox = new Mailbox(context.revisions());
        this.view = new PollView(context, node.id(), request.version());
    }

    PollView view() {
        return view;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /// The whole map, made before anything is answered: what goes wrong until here is an error to the client, too.
    Optional<byte[]> firstFrame(boolean withPeers) {
        return view.first(withPeers).map(this::frame);
    }

    /// Sends this, then what changes, until one side has enough.
    End run(byte[] first) throws IOException, InterruptedException {
        out.whenClosed(() -> mailbox.end(End.CLIENT_GONE));
        out.begin();
        write(first);
        while (true) {
            Optional<Notes> notes = mailbox.take(silence(), context.settings().window().toNanos());
            if (notes.isEmpty()) {
                write(frames.keepAlive(zstd));
                context.counts().add(Kind.KEEP_ALIVES);
            } else if (notes.get().end != null) {
                farewell(notes.get().end);
                return notes.get().end;
            } else {
                deliver(notes.get());
            }
        }
    }

    private void deliver(Notes notes) throws IOException, InterruptedException {
        MapCounts counts = context.counts();
        counts.mailbox(notes.size());
        node = context.source().node(node.id()).orElse(node);
        Optional<Message> message = view.next(notes);
        if (message.isPresent()) {
            write(frame(message.get()));
            counts.add(Kind.DELTAS);
            counts.waited(System.nanoTime() - notes.since);
        }
        // last, so that an answer also shows that all that was changed before the question has
        // arrived
        for (Message ping : notes.pings) {
            write(frame(ping));
            counts.add(Kind.PINGS);
        }
    }

    private void farewell(End end) throws IOException, InterruptedException {
        if (end == End.NODE_REMOVED) {
            write(frame(view.farewell(node)));
        }
    }

    private byte[] frame(Message message) {
        context.counts().add(Kind.JSON_BYTES, message.length());
        return frames.of(message, zstd);
    }

    private void write(byte[] frame) throws IOException, InterruptedException {
        out.write(frame);
        context.counts().add(Kind.FRAMES);
        context.counts().add(Kind.WIRE_BYTES, frame.length);
    }

    private long silence() {
        if (!keepAlive) {
            return Long.MAX_VALUE;
        }
        long jitter = context.settings().keepAliveJitter().toNanos();
        return context.settings().keepAliveAfter().toNanos()
                + ThreadLocalRandom.current().nextLong(jitter + 1);
    }
}
