package dev.remora.sidecar.demo;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.server.tailnet.Refused;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.UsageException;
import dev.remora.sidecar.server.UntilSignal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;

/// `demo`: a tailnet to look at.
public final class DemoCommand {
    private static final String LISTEN = "listen";

    private DemoCommand() {}

    public static Command command() {
        return Command.of(
                "demo",
                "Run a whole tailnet in this process, to look at",
                "demo [--listen=IP[:PORT]]",
                () ->
                        new Flags()
                                .text(
                                        LISTEN,
                                        "127.0.0.1",
                                        "where other nodes may join: an address of this machine"),
                DemoCommand::run);
    }

    private static int run(Invocation call) throws CommandException, UsageException {
        call.refuseWords();
        try (UntilSignal signal = UntilSignal.expected()) {
            Demo demo = new Demo(address(call.flags().text(LISTEN)));
            signal.started(demo::close);
            call.print(demo.text());
            return signal.await();
        } catch (MalformedException e) {
            throw new UsageException("demo: " + e.reason());
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandException("demo: " + e.getMessage());
        } catch (Refused e) {
            throw new CommandException("demo: " + e.sentence());
        }
    }

    private static InetSocketAddress address(String text) throws MalformedException {
        return JdkAddresses.of(withPort(text));
    }

    private static IpPort withPort(String text) throws MalformedException {
        try {
            return new IpPort(IpAddress.parse(text), 0);
        } catch (MalformedException e) {
            return IpPort.parse(text);
        }
    }
}
