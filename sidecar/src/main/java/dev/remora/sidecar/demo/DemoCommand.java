package dev.remora.sidecar.demo;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.server.store.FileTrouble;
import dev.remora.server.tailnet.Refused;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.UsageException;
import dev.remora.sidecar.server.UntilSignal;
import java.io.IOException;
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
                                        "",
                                        "where other nodes may join: 127.0.0.1 for none but this machine's; its address in a private network if not given"),
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
        } catch (IOException e) {
            throw new CommandException("demo: " + FileTrouble.sentence(e));
        } catch (GeneralSecurityException e) {
            throw new CommandException("demo: " + e.getMessage());
        } catch (Refused e) {
            throw new CommandException("demo: " + e.sentence());
        }
    }

    /// With port 0, any, unless one is said.
    static IpPort address(String text) throws MalformedException {
        if (text.isEmpty()) {
            return new IpPort(Reachable.address(), 0);
        }
        try {
            boolean bracketed = text.startsWith("[") && text.endsWith("]");
            String ip = bracketed ? text.substring(1, text.length() - 1) : text;
            return new IpPort(IpAddress.parse(ip), 0);
        } catch (MalformedException e) {
            return withPort(text);
        }
    }

    private static IpPort withPort(String text) throws MalformedException {
        try {
            return IpPort.parse(text);
        } catch (MalformedException e) {
            throw new MalformedException(
                    "--listen="
                            + text
                            + " is no address of this machine such as 10.0.0.1 or 10.0.0.1:8000");
        }
    }
}
