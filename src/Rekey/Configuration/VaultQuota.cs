namespace Rekey.Configuration;

/// <summary>
/// A vault's quota of signatures with keys in an HSM, for all callers together ("Azure Key Vault service limits": transactions in 10
/// seconds, a tenth of them here).
/// </summary>
internal static class VaultQuota
{
    private const int Most = 200;

    /// <summary>
    /// Signatures a second when the vault does nothing else: 200 with EC and RSA 2048, 50 with RSA 3072, 25 with RSA 4096.
    /// </summary>
    public static int SignaturesPerSecond(GovernedKeyOptions key) =>
        key.RsaKeySize switch
        {
            3072 => 50,
            4096 => 25,
            _ => Most,
        };

    /// <summary>The used share of a vault's quota. Quotas combine as fractions: half of one leaves half of every other.</summary>
    public static double ShareOf(IEnumerable<(double PerSecond, int Quota)> uses) => uses.Sum(u => u.PerSecond * (Most / u.Quota)) / Most;
}
