package dev.remora.proto.tcp;

import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Runs a connection against a script in virtual time, for both address families, with header prediction and
/// without. One line is one step, at a time in milliseconds (`+5`: after the step before):
///
///     0    < S 0:0+1 win 65535 mss W     a segment comes in, alone in its batch (`<+`: more of the batch follows)
///     0    > SA 0:1 ack 1                exactly then the connection sends this
///     0    ! Connected                   exactly then it tells this event
///     0    * write 1000                  the owner acts: connect, write, shutdown, close, abort, stall, flow, read, path, mtu
///     500  = state ESTABLISHED           what is true then: state, readable, delivered, cwnd, held, silent
///
/// Whatever comes out without being expected fails the script. See [SegmentText] for segments. What the connection receives
/// is checked against [Stream].
final class Script implements TcpOut {
    /// A connection is opened by the peer, without timestamps.
    static final String OPEN =
            """
            0  < S 0:1 win 65535 mss W ws 8 sackok
            0  > SA 0:1 ack 1
            10 < A 1:1 ack 1 win 256
            10 ! Connected
            """;

    static final int ISS = 0xffff_ff00;
    private static final int IRS = 0x7fff_fff0;

    private final TcpConfig config;
    private final Flow flow;
    private final SegmentText text;
    private final TimestampClock clock = new TimestampClock(77_000);
    private final CountingMemory memory = CountingMemory.plenty();
    private final ArrayDeque<String> output = new ArrayDeque<>();
    private final TcpSegment segment = new TcpSegment();
    private final String name;

    private long now;
    private long written = 1;
    private long delivered = 1;
    private boolean taking = true;
    private TcpConnection connection;
    private TimeWait timeWait;

    private Script(TcpConfig config, boolean v4, boolean timestamps) {
        this.config = config;
        flow = SegmentText.flow(v4);
        int mss = v4 ? 1240 : 1220;
        text = new SegmentText(timestamps ? mss - 12 : mss, mss);
        name =
                (v4 ? "IPv4" : "IPv6")
                        + (config.features().headerPrediction()
                                ? ", predicted"
                                : ", not predicted");
    }

    static void run(String script) {
        run(TcpConfig.defaults(), script);
    }

    static void run(TcpConfig config, String script) {
        run(config, script, true, false);
    }

    static void runV4(String script) {
        run(TcpConfig.defaults(), script, true);
    }

    static void runV4(TcpConfig config, String script) {
        run(config, script, true);
    }

    private static void run(TcpConfig config, String script, boolean... families) {
        boolean timestamps = script.contains(" ts ");
        for (boolean v4 : families) {
            for (boolean predicted : new boolean[] {true, false}) {
                TcpConfig.Features features =
                        new TcpConfig.Features(
                                config.features().timestamps(),
                                config.features().sack(),
                                config.features().pacing(),
                                predicted);
                new Script(config.with(features), v4, timestamps).runLines(script);
            }
        }
    }

    private void runLines(String script) {
        int number = 0;
        for (String line : script.split("\n")) {
            number++;
            String step = line.replaceAll("//.*", "").trim();
            if (step.isEmpty()) {
                continue;
            }
            try {
                step(step.split("\\s+", 3));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        name + ", line " + number + ": " + line.trim() + ": " + e.getMessage(), e);
            }
        }
        if (!output.isEmpty()) {
            throw new AssertionError(name + ": left over " + output);
        }
    }

    private void step(String[] words) {
        long at = words[0].startsWith("+") ? now + millis(words[0].substring(1)) : millis(words[0]);
        advanceTo(at);
        String what = words.length > 2 ? words[2] : "";
        switch (words[1]) {
            case "<" -> inject(what, true);
            case "<+" -> inject(what, false);
            case ">" -> expect("> ", what);
            case "!" -> expect("! ", what);
            case "*" -> act(what);
            case "=" -> verify(what);
            default -> throw new IllegalArgumentException(words[1]);
        }
    }

    private static long millis(String text) {
        return Math.round(Double.parseDouble(text) * TimeUnit.MILLISECONDS.toNanos(1));
    }

    private void advanceTo(long at) {
        while (connection != null && connection.nextDeadline() <= at) {
            now = Math.max(now, connection.nextDeadline());
            connection.onTimer(now, this);
        }
        now = at;
    }

    private void inject(String line, boolean endsBatch) {
        nothingUnexpected();
        ByteBuffer packet = text.write(line, flow, IRS, ISS, clock);
        try {
            segment.parse(packet, flow.ipHeaderLength(), packet.limit());
        } catch (MalformedException e) {
            output.add(time() + " ! Malformed " + e.reason());
            return;
        }
        if (connection == null) {
            InitialNumbers.Start start = new InitialNumbers.Start(ISS, clock.offset());
            connection = TcpConnection.accept(config, flow, segment, start, memory, now, this);
        } else if (timeWait != null) {
            output.add(time() + " ! " + timeWait.onSegment(segment, now, this));
        } else {
            connection.onSegment(segment, now, this);
        }
        if (endsBatch) {
            connection.endOfBatch(now, this);
        }
    }

    private void act(String line) {
        nothingUnexpected();
        String[] words = line.split("\\s+");
        switch (words[0]) {
            case "connect" ->
                    connection =
                            TcpConnection.connect(
                                    config,
                                    flow,
                                    new InitialNumbers.Start(ISS, clock.offset()),
                                    memory,
                                    now,
                                    this);
            case "write" -> write((int) text.number(words[1]));
            case "append" -> append((int) text.number(words[1]));
            case "flush" -> connection.flush(now, this);
            case "shutdown" -> connection.shutdownOutput(now, this);
            case "close" -> connection.close(now, this);
            case "abort" -> connection.abort(now, this);
            case "stall" -> taking = false;
            case "flow" -> taking = true;
            case "read" -> read((int) text.number(words[1]));
            case "path" -> connection.onPathChange(PathKind.valueOf(words[1]), now);
            case "unreachable" ->
                    connection.onUnreachable(ISS + Integer.parseInt(words[1]), now, this);
            case "toobig" ->
                    connection.onPacketTooBig(
                            ISS + Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            default -> throw new IllegalArgumentException(line);
        }
    }

    private void write(int length) {
        append(length);
        connection.flush(now, this);
    }

    private void append(int length) {
        int taken = connection.write(Stream.bytes(written, length), now);
        written += taken;
        if (taken < length) {
            output.add(time() + " ! short write " + taken);
        }
    }

    private void read(int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        connection.read(bytes, now, this);
        Stream.check(bytes.flip(), delivered);
        delivered += bytes.limit();
        if (bytes.limit() < length) {
            throw new AssertionError("only " + bytes.limit() + " bytes there");
        }
    }

    private void verify(String line) {
        String[] words = line.split("\\s+");
        TcpStats stats = connection.stats();
        Object actual =
                switch (words[0]) {
                    case "state" -> stats.state();
                    case "readable" -> stats.readable();
                    case "delivered" -> delivered - 1;
                    case "cwnd" -> stats.cwnd();
                    case "unsent" -> stats.unsent();
                    case "timeouts" -> stats.timeouts();
                    case "recoveries" -> stats.recoveries();
                    case "retransmits" -> stats.retransmits();
                    case "undone" -> stats.undone();
                    case "chunks" -> memory.held();
                    case "silent" -> {
                        nothingUnexpected();
                        yield "";
                    }
                    default -> throw new IllegalArgumentException(line);
                };
        String expected = words.length < 2 ? "" : words[1];
        if (actual instanceof Number) {
            expected = Long.toString(text.number(expected));
        }
        if (!String.valueOf(actual).equals(expected)) {
            throw new AssertionError(words[0] + " is " + actual);
        }
    }

    private void nothingUnexpected() {
        if (!output.isEmpty()) {
            throw new AssertionError("did not expect " + output);
        }
    }

    private void expect(String kind, String what) {
        String next = output.poll();
        if (next == null) {
            throw new AssertionError("nothing came out");
        }
        String prefix = time() + " " + kind;
        boolean same =
                next.startsWith(prefix)
                        && (kind.equals("! ")
                                ? next.equals(prefix + what)
                                : text.matches(what, next.substring(prefix.length())));
        if (!same) {
            throw new AssertionError(
                    "but was " + next + (output.isEmpty() ? "" : ", then " + output));
        }
    }

    private String time() {
        return String.format(Locale.ROOT, "%.3f", now / 1e6);
    }

    @Override
    public ByteBuffer begin(int maxLength) {
        return ByteBuffer.allocateDirect(maxLength);
    }

    @Override
    public void end(ByteBuffer packet) {
        output.add(time() + " > " + text.read(packet, ISS, IRS, clock));
        TcpSegment sent = SegmentText.parse(packet);
        if (sent.payloadLength() > 0) {
            Stream.check(
                    sent.payload(0, sent.payloadLength()),
                    Integer.toUnsignedLong(sent.seq() - ISS));
        }
    }

    @Override
    public void deliver(TcpConnection from, ByteBuffer payload) {
        if (!taking) {
            return;
        }
        Stream.check(payload, delivered);
        delivered += payload.remaining();
        payload.position(payload.limit());
    }

    @Override
    public void on(TcpConnection from, TcpEvent event) {
        String said =
                switch (event) {
                    case TcpEvent.Connected() -> "Connected";
                    case TcpEvent.Readable() -> "Readable";
                    case TcpEvent.Writable() -> "Writable";
                    case TcpEvent.PeerFinished() -> "PeerFinished";
                    case TcpEvent.Closed(var reason, var left) -> {
                        timeWait = left.orElse(null);
                        yield "Closed " + reason + (left.isPresent() ? " TIME-WAIT" : "");
                    }
                };
        output.add(time() + " ! " + said);
    }
}
