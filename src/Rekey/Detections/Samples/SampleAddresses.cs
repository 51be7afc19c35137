namespace Rekey.Detections.Samples;

/// <summary>
/// Addresses of holders and of the forger: documentation (RFC 5737, RFC 3849) and benchmarking (RFC 2544) ranges only, which have no
/// owner.
/// </summary>
internal static class SampleAddresses
{
    /// <summary>The number of addresses in 198.18.0.0/16 at the forger's stride.</summary>
    public const int MaxForgerAddresses = 9_000;

    /// <summary>The number of the forger's addresses that belong to a carrier. Legitimate holders share them, so blocking addresses would
    /// hit them.</summary>
    private const int BorrowedFromCarriers = 13;

    public const int Carriers = 10;

    /// <summary>A subscriber's own line: 198.19.0.0/16 or, every third one, an IPv6 network of their own with changing interface
    /// ids.</summary>
    public static string Home(int holder, int device) =>
        holder % 3 == 0
            ? $"2001:db8:{holder % 0xfff0 + 1:x}:{device:x}::{(holder % 4093) + 16:x}"
            : $"198.19.{holder / 254 % 256}.{(holder % 254) + 1}";

    /// <summary>
    /// A mobile carrier behind NAT: many holders share each of its 30 addresses, and one holder wanders through them by
    /// <paramref name="step"/>s.
    /// </summary>
    public static string Carrier(int carrier, int step) =>
        carrier % 2 == 0 ? $"203.0.113.{(carrier * 40 % 200) + (step % 30) + 1}" : $"198.51.100.{(carrier * 40 % 200) + (step % 30) + 1}";

    public static string Office(int company) => $"192.0.2.{(company % 250) + 1}";

    /// <summary>The forger's n-th address; the last ones are carriers'.</summary>
    public static string Forger(int n, int of) =>
        n >= of - BorrowedFromCarriers && of > BorrowedFromCarriers
            ? Carrier(of - 1 - n, 7 + (of - 1 - n) / Carriers)
            : $"198.18.{n * 7 / 254 % 256}.{(n * 7 % 254) + 1}";

    /// <summary>Address number <paramref name="address"/> in network number <paramref name="network"/>, for a shared token or a holder
    /// who travels far.</summary>
    public static string Far(int network, int address, bool isV6) =>
        isV6 ? $"2001:db8:{network + 0xa000:x}::{address + 1:x}" : $"198.19.{255 - network % 100}.{(address % 254) + 1}";
}
