package dev.remora.lab.apps;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A TCP client that checks what it gets. It prints its progress, and as its last line a JSON object:
///
///     get  <host> <port> <bytes>                         reads to the end
///     put  <host> <port> <bytes>                         sends, ends its direction, reads the verdict of a SINK
///     late <host> <port> <bytes>                         reads to the end of an END_FIRST, and only then sends as much
///     echo <host> <port> <bytes> <times> <parallel>      that many connections to an ECHO, ending our direction first
///     swap <host> <port> <bytes> <times> <parallel>      the same, ending nothing before all has come back
///     scan <host> <first> <last> <parallel>              which ports answer
///     hold <host> <port> <connections>                   opens them and keeps them until it is stopped
final class TcpClientMain {
    private static final int CHUNK = 1 << 16;
    private static final int CONNECT_MILLIS = 20_000;
    private static final int READ_MILLIS = 90_000;
    private static final int SCAN_MILLIS = 5_000;
    private static final long REPORT_EVERY = 1 << 20;

    private final String host;
    private final AtomicLong good = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    private TcpClientMain(String host) {
        this.host = host;
    }

    public static void main(String[] args) throws Exception {
        TcpClientMain client = new TcpClientMain(args[1]);
        int port = Integer.parseInt(args[2]);
        long number = Long.parseLong(args[3]);
        long start = System.nanoTime();
        switch (args[0]) {
            case "get" -> client.attempt(() -> client.get(port, number));
            case "put" -> client.attempt(() -> client.put(port, number));
            case "late" -> client.attempt(() -> client.late(port, number));
            case "echo" -> client.echo(port, number, parse(args[4]), parse(args[5]), true);
            case "swap" -> client.echo(port, number, parse(args[4]), parse(args[5]), false);
            case "scan" -> client.scan(port, (int) number, parse(args[4]));
            case "hold" -> client.attempt(() -> client.hold(port, (int) number));
            default -> throw new IllegalArgumentException(args[0]);
        }
        client.report((System.nanoTime() - start) / 1_000_000);
    }

    private static int parse(String number) {
        return Integer.parseInt(number);
    }

    /// One connection's whole conversation.
    private interface Conversation {
        void run() throws IOException;
    }

    private void attempt(Conversation conversation) {
        try {
            conversation.run();
            good.incrementAndGet();
        } catch (IOException e) {
            String what = e.getClass().getSimpleName() + ": " + e.getMessage();
            counts.merge(what.replace("\"", "'"), 1L, Long::sum);
        }
    }

    private Socket connect(int port, int patience) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), patience);
        socket.setSoTimeout(READ_MILLIS);
        return socket;
    }

    private void get(int port, long expected) throws IOException {
        try (Socket socket = connect(port, CONNECT_MILLIS)) {
            check(socket.getInputStream(), expected);
        }
    }

    private void put(int port, long length) throws IOException {
        try (Socket socket = connect(port, CONNECT_MILLIS)) {
            TcpServerMain.send(socket.getOutputStream(), length);
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readAllBytes();
            String verdict = new String(answer, StandardCharsets.UTF_8).strip();
            if (!verdict.equals("intact " + length)) {
                throw new IOException("the server says: " + verdict);
            }
            bytes.addAndGet(length);
        }
    }

    private void late(int port, long length) throws IOException {
        try (Socket socket = connect(port, CONNECT_MILLIS)) {
            check(socket.getInputStream(), length);
            TcpServerMain.send(socket.getOutputStream(), length);
        }
    }

    private void echo(int port, long length, int times, int parallel, boolean halfClose)
            throws InterruptedException {
        inParallel(times, parallel, number -> attempt(() -> echoOnce(port, length, halfClose)));
    }

    private void echoOnce(int port, long length, boolean halfClose) throws IOException {
        try (Socket socket = connect(port, CONNECT_MILLIS)) {
            Thread.startVirtualThread(() -> send(socket, length, halfClose));
            InputStream in = socket.getInputStream();
            check(halfClose ? in : new FirstBytes(in, length), length);
        }
    }

    private static void send(Socket socket, long length, boolean halfClose) {
        try {
            TcpServerMain.send(socket.getOutputStream(), length);
            if (halfClose) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            // The reading side meets the same failure and reports it.
        }
    }

    /// A stream's first bytes, as if it ended behind them.
    private static final class FirstBytes extends FilterInputStream {
        private long left;

        FirstBytes(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read(byte[] into) throws IOException {
            int read = left == 0 ? -1 : in.read(into, 0, (int) Math.min(into.length, left));
            left -= Math.max(0, read);
            return read;
        }
    }

    private void check(InputStream in, long expected) throws IOException {
        Pattern pattern = new Pattern();
        byte[] chunk = new byte[CHUNK];
        long reportAt = REPORT_EVERY;
        for (int read; (read = in.read(chunk)) >= 0; ) {
            long wrong = pattern.check(chunk, read);
            if (wrong >= 0) {
                throw new IOException("wrong at " + wrong);
            }
            if (pattern.position() >= reportAt) {
                System.out.println("at " + pattern.position());
                reportAt = pattern.position() + REPORT_EVERY;
            }
        }
        if (pattern.position() != expected) {
            throw new IOException("ended after " + pattern.position() + " of " + expected);
        }
        bytes.addAndGet(expected);
    }

    private void scan(int first, int last, int parallel) throws InterruptedException {
        inParallel(last - first + 1, parallel, number -> probe(first + number));
    }

    private void probe(int port) {
        try (Socket socket = connect(port, SCAN_MILLIS)) {
            good.incrementAndGet();
            counts.put("open " + socket.getPort(), 1L);
        } catch (ConnectException e) {
            counts.merge("refused", 1L, Long::sum);
        } catch (SocketTimeoutException e) {
            counts.merge("silent", 1L, Long::sum);
        } catch (IOException e) {
            counts.merge(String.valueOf(e.getMessage()), 1L, Long::sum);
        }
    }

    private void hold(int port, int connections) throws IOException {
        Socket[] held = new Socket[connections];
        for (int i = 0; i < connections; i++) {
            held[i] = connect(port, CONNECT_MILLIS);
        }
        System.out.println("holding " + held.length);
        while (true) {
            LockSupport.park();
        }
    }

    private interface Numbered {
        void run(int number);
    }

    private static void inParallel(int times, int parallel, Numbered task)
            throws InterruptedException {
        Semaphore room = new Semaphore(parallel);
        try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < times; i++) {
                int number = i;
                room.acquire();
                tasks.execute(() -> {
                    try {
                        task.run(number);
                    } finally {
                        room.release();
                    }
                });
            }
        }
    }

    private void report(long millis) {
        StringBuilder members = new StringBuilder();
        new TreeMap<>(counts)
                .forEach((what, count) ->
                        members.append(members.isEmpty() ? "" : ", ")
                                .append("\"%s\": %d".formatted(what, count)));
        System.out.println(
                "{\"good\": %d, \"bytes\": %d, \"millis\": %d, \"counts\": {%s}}"
                        .formatted(good.get(), bytes.get(), millis, members));
    }
}
