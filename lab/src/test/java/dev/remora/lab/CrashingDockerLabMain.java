package dev.remora.lab;

import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeStack;

/// Makes a lab with a stack in it that is not to end, prints its name, and waits to be killed.
final class CrashingDockerLabMain {
    private static final String STACK =
            """
            services:
              idler:
                image: debian:trixie-slim
                command: [sleep, infinity]
                restart: always
                volumes: [kept:/kept]
            volumes:
              kept:
            """;

    private CrashingDockerLabMain() {}

    public static void main(String[] args) throws InterruptedException {
        ComposeStack stack = Lab.create().docker().stack("idle", ComposeFiles.of(STACK));
        stack.up();
        System.out.println(stack);
        Thread.currentThread().join();
    }
}
