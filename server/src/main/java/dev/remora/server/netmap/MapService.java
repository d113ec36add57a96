package dev.remora.server.netmap;

import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.PingRequest;
import dev.remora.server.model.Node;
import dev.remora.server.netmap.Mailbox.End;
import dev.remora.server.netmap.MapCounts.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Answers map requests, and keeps those who stay up to date.
///
/// The methods that begin with `on` say what has changed. They may come from any thread, do not block, and cost as much
/// as there are nodes that see the change.
public final class MapService implements AutoCloseable {
    /// The oldest protocol level that is served, of release 1.80.
    static final long OLDEST_VERSION = 113;

    /// In the URL of a ping the host does not matter: the client answers inside Noise.
    private static final String ANSWER_URL = "https://unused/c2n/";

    private static final Set<Part> WHOLE = EnumSet.of(Part.WHOLE);

    private final MapContext context;
    private final MapSource source;
    private final Frames frames = new Frames();
    private final Pings pings = new Pings();
    private final Semaphore fullMaps;
    private final Map<Long, Poll> polls = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    public MapService(MapSource source, MapSettings settings, InstantSource clock) {
        this.context = MapContext.of(source, settings, clock);
        this.source = source;
        this.fullMaps = new Semaphore(settings.fullMapsAtOnce());
    }

    /// Answers one request on the calling thread. A poll is over when the client goes, a newer poll of the node comes,
    /// the node is deleted or the service closes.
    ///
    /// @throws Refusal before anything was answered
    /// @throws IOException when the client was lost in the middle
    public void answer(MachineKey machine, MapRequest request, FrameSink out)
            throws Refusal, IOException, InterruptedException {
        Node node;
        try {
            node = admitted(machine, request);
        } catch (Refusal refusal) {
            context.counts().add(Kind.REFUSED);
            throw refusal;
        }
        if (request.stream()) {
            poll(node, request, out);
        } else if (request.readOnly()) {
            once(node, request, out);
        } else if (told(node, request, out)) {
            if (request.omitPeers()) {
                context.counts().add(Kind.LITE_UPDATES);
                out.begin();
            } else {
                once(node, request, out);
            }
        }
    }

    public MapCounts counts() {
        return context.counts();
    }

    /// Whether the node has a poll open.
    public boolean isPolling(long node) {
        return polls.containsKey(node);
    }

    // --- what changes

    /// These parts of a node are other than they were.
    public void onPatched(long node, Set<Part> parts) {
        context.revisions().changed(node);
        toViewers(node, mailbox -> mailbox.peer(node, parts));
    }

    /// Others need the whole node again.
    public void onNodeChanged(long node) {
        onPatched(node, WHOLE);
    }

    /// A node needs itself again.
    public void onSelfChanged(long node) {
        toViewer(node, Mailbox::self);
    }

    /// A node is no more.
    public void onRemoved(long node) {
        context.fragments().forget(node);
        context.revisions().forget(node);
        for (Poll poll : polls.values()) {
            if (poll.view().knows(node)) {
                poll.mailbox().peer(node, WHOLE);
            }
        }
        toViewer(node, mailbox -> mailbox.end(End.NODE_REMOVED));
    }

    /// The policy may let these nodes see, let in and do something else than before.
    public void onViewsChanged(Set<Long> viewers) {
        for (long viewer : viewers) {
            toViewer(viewer, Mailbox::view);
            if (context.fragments().canOtherwise(viewer)) {
                onNodeChanged(viewer);
            }
        }
    }

    /// A user is called otherwise.
    public void onUserChanged(long user) {
        for (Poll poll : polls.values()) {
            if (poll.view().knowsUser(user)) {
                poll.mailbox().user(user);
            }
        }
    }

    public void onDnsChanged() {
        polls.values().forEach(poll -> poll.mailbox().dns());
    }

    public void onDerpMapChanged() {
        polls.values().forEach(poll -> poll.mailbox().derpMap());
    }

    // --- what the server asks nodes

    /// Has a node ping another one, or, without types, only answer.
    ///
    /// @param types `disco`, `TSMP`, `ICMP`, `peerapi`, several with commas between, or empty
    /// @param ip whom, or empty
    /// @return what the node posts: a `PingResponse` in JSON, or nothing
    public CompletableFuture<byte[]> ping(long node, String types, String ip, Duration patience) {
        return ask(node, types, ip, "", patience);
    }

    /// Has a node answer a request to its client-side handler, such as `GET /echo`.
    ///
    /// @param request the HTTP/1.1 request, whole
    /// @return the HTTP/1.1 response, whole
    public CompletableFuture<byte[]> call(long node, byte[] request, Duration patience) {
        return ask(node, "c2n", "", Base64.getEncoder().encodeToString(request), patience);
    }

    /// Takes an answer in. False for a token that was never given to this machine, has been used or is too old.
    public boolean pingAnswered(MachineKey machine, String token, byte[] body) {
        return pings.answered(machine, token, body);
    }

    /// Ends all polls and takes no more.
    @Override
    public void close() {
        closed.set(true);
        polls.values().forEach(poll -> poll.mailbox().end(End.SHUTDOWN));
        pings.close();
    }

    private Node admitted(MachineKey machine, MapRequest request) throws Refusal {
        if (request.version() < OLDEST_VERSION) {
            String release = String.valueOf(request.hostInfo().ipnVersion());
            throw new Refusal(
                    400, "unsupported client version: " + release + " (" + request.version() + ")");
        }
        if (closed.get()) {
            throw new Refusal(503, "the server stops");
        }
        return source.node(machine, request.nodeKey())
                .orElseThrow(() -> new Refusal(404, "node not found"));
    }

    /// Takes in what a request says. Not when its stream has been reset: then a newer one is on its way, or was there
    /// already.
    private boolean told(Node node, MapRequest request, FrameSink out) {
        AtomicBoolean gone = new AtomicBoolean();
        out.whenClosed(() -> gone.set(true));
        if (gone.get()) {
            return false;
        }
        source.report(node.id(), request);
        return true;
    }

    private void once(Node node, MapRequest request, FrameSink out)
            throws Refusal, IOException, InterruptedException {
        Poll poll = new Poll(context, frames, node, request, out);
        byte[] frame = firstFrame(poll, !request.omitPeers());
        out.begin();
        out.write(frame);
    }

    private void poll(Node node, MapRequest request, FrameSink out)
            throws Refusal, IOException, InterruptedException {
        source.report(node.id(), request);
        Poll poll = new Poll(context, frames, node, request, out);
        context.counts().add(Kind.POLLS_OPENED);
        // from here on nothing that changes is missed, and only then the first map is made
        Optional.ofNullable(polls.put(node.id(), poll)).ifPresent(this::replaced);
        MapSource.Presence presence = source.pollOpened(node.id());
        try {
            if (closed.get()) {
                throw new Refusal(503, "the server stops");
            }
            poll.run(firstFrame(poll, true));
        } finally {
            presence.close();
            polls.remove(node.id(), poll);
            context.counts().add(Kind.POLLS_ENDED);
        }
    }

    private void replaced(Poll old) {
        old.mailbox().end(End.REPLACED);
        context.counts().add(Kind.POLLS_REPLACED);
    }

    private byte[] firstFrame(Poll poll, boolean withPeers) throws Refusal, InterruptedException {
        fullMaps.acquire();
        try {
            return poll.firstFrame(withPeers).orElseThrow(() -> new Refusal(404, "node not found"));
        } finally {
            fullMaps.release();
        }
    }

    private CompletableFuture<byte[]> ask(
            long node, String types, String ip, String payload, Duration patience) {
        Poll poll = polls.get(node);
        Optional<MachineKey> machine = source.node(node).map(n -> n.keys().machine());
        if (poll == null || machine.isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("the node is not connected"));
        }
        Pings.Asked asked = pings.ask(machine.get(), patience);
        PingRequest request =
                new PingRequest(ANSWER_URL + asked.token(), true, false, types, ip, payload);
        Message message =
                new Messages(256).member("PingRequest", ControlJson.write(request)).done();
        if (!poll.mailbox().ping(message)) {
            asked.answer().completeExceptionally(new IOException("the node does not read"));
        }
        return asked.answer();
    }

    private void toViewers(long node, Consumer<Mailbox> note) {
        for (long viewer : source.sight(node).visible()) {
            toViewer(viewer, note);
        }
    }

    private void toViewer(long viewer, Consumer<Mailbox> note) {
        Poll poll = polls.get(viewer);
        if (poll != null) {
            note.accept(poll.mailbox());
        }
    }
}
