package dev.remora.io.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.function.Consumer;

/// A watched descriptor or channel. Level-triggered: what a reader leaves behind is reported again.
public final class Watch {
    private final Future<IoRegistration> registration;

    private Watch(Future<IoRegistration> registration) {
        this.registration = registration;
    }

    /// Called on the loop when there is something to read; reads a bounded amount and returns.
    @FunctionalInterface
    public interface Reader {
        void onReadable() throws IOException;
    }

    static Watch start(
            IoEventLoop loop, Pollable source, Reader reader, Consumer<Exception> failed) {
        return switch (source) {
            case Pollable.Descriptor(int fd) ->
                    start(
                            loop,
                            new DescriptorHandle(new FileDescriptor(fd), reader, failed),
                            EpollIoOps.EPOLLIN,
                            failed);
            case Pollable.Selectable(SelectableChannel channel) ->
                    start(loop, new ChannelHandle(channel, reader, failed), NioIoOps.READ, failed);
        };
    }

    private static Watch start(
            IoEventLoop loop, IoHandle handle, IoOps interest, Consumer<Exception> failed) {
        Future<IoRegistration> registration = loop.register(handle);
        registration.addListener(done -> {
            if (done.isSuccess()) {
                registration.getNow().submit(interest);
            } else {
                failed.accept(new IOException("this cannot be watched", done.cause()));
            }
        });
        return new Watch(registration);
    }

    /// Stops watching. The descriptor stays open: its owner closes it afterwards, on the loop.
    public void stop() {
        registration.addListener(done -> {
            if (done.isSuccess()) {
                registration.getNow().cancel();
            }
        });
    }

    private abstract static class Handle implements IoHandle {
        private final Reader reader;
        private final Consumer<Exception> failed;

        Handle(Reader reader, Consumer<Exception> failed) {
            this.reader = reader;
            this.failed = failed;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            try {
                reader.onReadable();
            } catch (IOException | RuntimeException e) {
                registration
                        .cancel(); // an exception that leaves handle() would park the whole loop
                failed.accept(e);
            }
        }

        @Override
        public void close() {
            // the descriptor belongs to whoever asked for the watch
        }
    }

    private static final class DescriptorHandle extends Handle implements EpollIoHandle {
        private final FileDescriptor descriptor;

        DescriptorHandle(FileDescriptor descriptor, Reader reader, Consumer<Exception> failed) {
            super(reader, failed);
            this.descriptor = descriptor;
        }

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }
    }

    private static final class ChannelHandle extends Handle implements NioIoHandle {
        private final SelectableChannel channel;

        ChannelHandle(SelectableChannel channel, Reader reader, Consumer<Exception> failed) {
            super(reader, failed);
            this.channel = channel;
        }

        @Override
        public SelectableChannel selectableChannel() {
            return channel;
        }
    }
}
