package dev.remora.lab.peers;

import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.Shell;
import java.nio.file.Path;

/// The lab's own certificate authority. Its root is what `SSL_CERT_FILE` names for every program of the lab.
public final class CertificateAuthority {
    private final Path folder;

    public CertificateAuthority(LabFolder lab) {
        this.folder = lab.folder("tls");
        // Each certificate extension is named: what openssl adds by itself differs between its
        // versions.
        openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=lab-root"
                        + " -keyout root.key -out root.pem"
                        + " -addext keyUsage=critical,keyCertSign,cRLSign");
    }

    /// The root certificate, for `SSL_CERT_FILE`.
    public Path root() {
        return folder.resolve("root.pem");
    }

    /// Issues a certificate for an IPv4 address: `<address>.crt` and `<address>.key` in the folder it returns.
    public Path issue(String ip4) {
        openssl(
                """
                req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%1$s \
                  -addext subjectAltName=IP:%1$s -keyout %1$s.key -out %1$s.csr\
                """
                        .formatted(ip4));
        openssl(
                """
                x509 -req -in %1$s.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 \
                  -copy_extensions copy -out %1$s.crt\
                """
                        .formatted(ip4));
        return folder;
    }

    /// Issues a certificate as [#issue(String)] does, but valid in these years only, `2020` to `2021`, and in files of this name.
    public Path issue(String name, String ip4, int fromYear, int untilYear) {
        openssl(
                """
                req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%1$s \
                  -addext subjectAltName=IP:%1$s -keyout %2$s.key -out %2$s.csr\
                """
                        .formatted(ip4, name));
        Shell.run(
                        "sh",
                        "-c",
                        """
                        cd %s && : > %s.index && cat > %2$s.cnf <<END
                        [ca]
                        default_ca = here
                        [here]
                        database = %2$s.index
                        new_certs_dir = .
                        rand_serial = yes
                        default_md = sha256
                        policy = any
                        copy_extensions = copy
                        [any]
                        commonName = supplied
                        END
                        """
                                .formatted(folder, name))
                .orThrow();
        openssl(
                """
                ca -batch -notext -config %1$s.cnf -cert root.pem -keyfile root.key \
                  -startdate %2$d0101000000Z -enddate %3$d0101000000Z -in %1$s.csr -out %1$s.crt\
                """
                        .formatted(name, fromYear, untilYear));
        return folder;
    }

    private void openssl(String arguments) {
        Shell.run("sh", "-c", "cd " + folder + " && openssl " + arguments).orThrow();
    }
}
