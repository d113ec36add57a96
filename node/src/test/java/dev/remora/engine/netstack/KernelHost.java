package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpPacket;
import dev.remora.testing.Packets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// A network namespace whose only neighbour is one of our stacks, over a TUN device and a simulated link each way.
final class KernelHost implements AutoCloseable {
    static final IpAddress OURS = Packets.ip("100.99.0.1");
    static final IpAddress OURS_V6 = Packets.ip("fd99::1");
    static final IpAddress KERNEL = Packets.ip("100.99.0.2");
    static final IpAddress KERNEL_V6 = Packets.ip("fd99::2");
    static final NodeKey KEY = new NodeKey(new Bytes32(3, 3, 3, 3));

    final NetStack stack;
    private final String name = "remora-ns" + ProcessHandle.current().pid();
    private final TunDevice tun;
    private final Link toStack;
    private final Link toKernel;
    private final long startedAt = System.nanoTime();

    KernelHost(Link.Model model) throws IOException, InterruptedException {
        String device = "rmt" + ProcessHandle.current().pid();
        tun = new TunDevice(device);
        run("ip netns add " + name);
        run("ip link set " + device + " netns " + name);
        run("ip -n " + name + " link set lo up");
        run("ip -n " + name + " link set " + device + " mtu 1280 up");
        run("ip -n " + name + " addr add " + KERNEL + "/24 dev " + device);
        run("ip -n " + name + " addr add " + KERNEL_V6 + "/64 dev " + device + " nodad");
        Random random = new Random(7);
        toStack = new Link(model, random);
        toKernel = new Link(model, random);
        stack = new NetStack(NetStackConfig.defaults(), random, toKernel);
        stack.onAddresses(List.of(OURS, OURS_V6), 0);
    }

    private static void run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    }

    long now() {
        return System.nanoTime() - startedAt;
    }

    /// Starts a Python program in the namespace.
    Process python(String program) throws IOException {
        return new ProcessBuilder("ip", "netns", "exec", name, "python3", "-c", program)
                .redirectErrorStream(true)
                .start();
    }

    /// Runs a Python program while the stack works; answers what it printed.
    String talk(String program) throws IOException, InterruptedException {
        Process process = python(program);
        assertThat(work(() -> !process.isAlive())).as("ended in time").isTrue();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.strip();
    }

    /// Lets the stack work until a condition holds, at most a minute; says whether it holds.
    boolean work(BooleanSupplier done) {
        long until = now() + SECONDS.toNanos(60);
        while (!done.getAsBoolean() && now() < until) {
            turn();
        }
        return done.getAsBoolean();
    }

    private void turn() {
        long now = now();
        toStack.now(now);
        toKernel.now(now);
        for (ByteBuffer packet = tun.read(); packet.hasRemaining(); packet = tun.read()) {
            toStack.end(packet);
        }
        for (ByteBuffer packet : toStack.arrived(now)) {
            give(packet, now);
        }
        if (stack.nextDeadline() <= now) {
            stack.onTimer(now);
        }
        stack.endOfBatch(now);
        toKernel.arrived(now).forEach(tun::write);
        long next =
                Math.min(
                        toStack.nextArrival(),
                        Math.min(toKernel.nextArrival(), stack.nextDeadline()));
        tun.await(Math.clamp((next - now()) / 1_000_000, 0, 5));
    }

    private void give(ByteBuffer packet, long now) {
        try {
            stack.onPacket(IpPacket.of(packet), KEY, now);
        } catch (MalformedException e) {
            return; // router solicitations and the like begin with extension headers
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        tun.close();
        run("ip netns del " + name);
    }
}
