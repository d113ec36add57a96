package dev.remora.crypto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/// The few functions of OpenSSL's libcrypto that we call, each under its manual page's name.
///
/// Pointers are passed as 64-bit integers, which every 64-bit ABI hands over in the same registers: so an address taken
/// from a direct buffer needs no object around it. Ordinary calls, not `critical` ones: they measured faster here, and
/// they never hold up the garbage collector.
///
/// Without the library, initialising this class fails with a [LinkageError].
@SuppressWarnings("restricted") // calling a foreign library is what this class is for
final class Libcrypto {
    static final int EVP_CTRL_AEAD_GET_TAG = 0x10;
    static final int EVP_CTRL_AEAD_SET_TAG = 0x11;

    private static final int OPENSSL_VERSION = 0;
    private static final List<String> FILES =
            List.of(
                    "libcrypto.so.3",
                    "libcrypto.so.1.1",
                    "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
                    "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib");

    private static final SymbolLookup LIBRARY = open();
    private static final MethodHandle CTX_NEW = function("EVP_CIPHER_CTX_new", JAVA_LONG);
    private static final MethodHandle CTX_FREE = procedure("EVP_CIPHER_CTX_free", JAVA_LONG);
    private static final MethodHandle CHACHA20_POLY1305 =
            function("EVP_chacha20_poly1305", JAVA_LONG);
    private static final MethodHandle CIPHER_INIT =
            function(
                    "EVP_CipherInit_ex",
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_INT);
    private static final MethodHandle CIPHER_UPDATE =
            function(
                    "EVP_CipherUpdate",
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_INT);
    private static final MethodHandle CIPHER_FINAL =
            function("EVP_CipherFinal_ex", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CTX_CTRL =
            function("EVP_CIPHER_CTX_ctrl", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle VERSION = function("OpenSSL_version", JAVA_LONG, JAVA_INT);

    private Libcrypto() {}

    /// `EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void)`, 0 without memory.
    static long newContext() {
        try {
            return (long) CTX_NEW.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *)`: also overwrites the key.
    static void freeContext(long context) {
        try {
            CTX_FREE.invokeExact(context);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `const EVP_CIPHER *EVP_chacha20_poly1305(void)`, 0 if left out of the library.
    static long chacha20Poly1305() {
        try {
            return (long) CHACHA20_POLY1305.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `EVP_CipherInit_ex(ctx, type, NULL, key, iv, enc)`: a zero leaves type, key or nonce as they are, and `enc` -1 the
    /// direction. 1 if it worked.
    static int init(long context, long type, long key, long nonce, int encrypt) {
        try {
            return (int) CIPHER_INIT.invokeExact(context, type, 0L, key, nonce, encrypt);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `EVP_CipherUpdate(ctx, out, outl, in, inl)`; with `out` 0 the input is only authenticated. 1 if it worked.
    static int update(long context, long out, long outLength, long in, int inLength) {
        try {
            return (int) CIPHER_UPDATE.invokeExact(context, out, outLength, in, inLength);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `EVP_CipherFinal_ex(ctx, out, outl)`: 1 if it worked, 0 when the tag does not fit.
    static int finish(long context, long out, long outLength) {
        try {
            return (int) CIPHER_FINAL.invokeExact(context, out, outLength);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `EVP_CIPHER_CTX_ctrl(ctx, type, arg, ptr)`. 1 if it worked.
    static int control(long context, int type, int argument, long pointer) {
        try {
            return (int) CTX_CTRL.invokeExact(context, type, argument, pointer);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// `const char *OpenSSL_version(OPENSSL_VERSION)`.
    static String version() {
        try {
            long text = (long) VERSION.invokeExact(OPENSSL_VERSION);
            return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static SymbolLookup open() {
        return FILES.stream()
                .map(Libcrypto::open)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new UnsatisfiedLinkError("not found"));
    }

    private static Optional<SymbolLookup> open(String file) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException notThere) {
            return Optional.empty();
        }
    }

    private static MethodHandle function(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle procedure(String name, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.ofVoid(arguments));
    }

    private static MethodHandle handle(String name, FunctionDescriptor shape) {
        MemorySegment address =
                LIBRARY.find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError(name + " is missing"));
        return Linker.nativeLinker().downcallHandle(address, shape);
    }

    /// A downcall throws nothing of its own; what comes out of it is an error of the virtual machine.
    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
