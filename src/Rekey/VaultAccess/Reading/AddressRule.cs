using System.Net;

namespace Rekey.VaultAccess.Reading;

/// <summary>An address rule of a vault's firewall (<c>ipRules</c>): a network, or a single address, which is the network of one.</summary>
internal static class AddressRule
{
    /// <summary>
    /// Whether a rule allows everything that another one allows. A text that is no network, such as a subnet id, covers only itself.
    /// </summary>
    public static bool Covers(string rule, string other) =>
        Network(rule) is { } outer && Network(other) is { } inner
            ? inner.PrefixLength >= outer.PrefixLength && outer.Contains(inner.BaseAddress)
            : rule.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static IPNetwork? Network(string rule) =>
        IPNetwork.TryParse(rule, out var network) ? network
        : IPAddress.TryParse(rule, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
