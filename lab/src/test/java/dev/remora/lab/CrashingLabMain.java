package dev.remora.lab;

import dev.remora.lab.run.LabProcess;
import java.util.List;
import java.util.Map;

/// Makes a lab with a process in it, prints where it is and the process's id, and waits to be killed.
final class CrashingLabMain {
    private CrashingLabMain() {}

    public static void main(String[] args) throws InterruptedException {
        Lab lab = Lab.create();
        LabProcess idler = lab.host("idler").start("sleep", Map.of(), List.of("sleep", "600"));
        System.out.println(lab.folder());
        System.out.println(idler.pid());
        Thread.currentThread().join();
    }
}
