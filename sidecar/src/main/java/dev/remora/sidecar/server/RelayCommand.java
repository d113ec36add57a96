package dev.remora.sidecar.server;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.server.RelayFlags;
import dev.remora.server.RelayProgram;
import dev.remora.server.store.FileTrouble;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.UsageException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `relay`: a DERP relay with STUN, until it is told to end.
public final class RelayCommand {
    private static final Logger LOG = LoggerFactory.getLogger("dev.remora.relay");

    private RelayCommand() {}

    public static Command command() {
        return Command.of(
                "relay",
                "Run a DERP relay with STUN in this process",
                "relay --state=DIR --listen=IP:PORT [flags]",
                RelayCommand::flags,
                RelayCommand::run);
    }

    private static Flags flags() {
        return ProgramFlags.of(RelayFlags.OPTIONS);
    }

    private static int run(Invocation call) throws CommandException, UsageException {
        call.refuseWords();
        ProgramFlags.configureLog(call.flags());
        try (UntilSignal signal = UntilSignal.expected()) {
            RelayFlags flags =
                    RelayFlags.parse(List.copyOf(ProgramFlags.words(call.flags()).values()));
            RelayProgram program = RelayProgram.start(flags);
            signal.started(program::close);
            LOG.info("listening on {}", new IpPort(flags.listen().ip(), program.port()));
            return signal.await();
        } catch (MalformedException e) {
            throw new UsageException("relay: " + e.reason());
        } catch (IOException e) {
            throw new CommandException("relay: " + FileTrouble.sentence(e));
        } catch (GeneralSecurityException e) {
            throw new CommandException("relay: " + e.getMessage());
        }
    }
}
