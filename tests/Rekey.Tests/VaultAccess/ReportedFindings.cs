using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.VaultAccess;

/// <summary>How findings are written down for comparing: kind, what it is about, and of a group how many and who.</summary>
internal static class ReportedFindings
{
    public const string Undeclared = "vault-grant-undeclared";
    public const string Missing = "vault-grant-missing";
    public const string Human = "vault-human-in-production";
    public const string ForeignKind = "vault-identity-foreign";
    public const string Indirect = "vault-reach-indirect";
    public const string Rotation = "rotation-not-allowed";

    /// <summary>Scopes at which a right leads to keys.</summary>
    public static readonly string[] Scopes =
    [
        AzureEstate.VaultId,
        AzureEstate.Group,
        AzureEstate.Subscription,
        AzureEstate.Management,
        VaultScope.Root,
        $"{AzureEstate.VaultId}/keys/login",
    ];

    private const int Sample = 10;

    public static string About(string kind, string what) =>
        what.Length == 0
            ? $"{kind} {AzureEstate.Host}"
            : $"{kind} {AzureEstate.Host}|{(what.StartsWith("https", StringComparison.Ordinal) ? what : what.ToLowerInvariant())}";

    public static string Of(string kind, string principal) => About(kind, principal);

    public static string Of(string kind, string principal, RoleDefinition role, string scope = AzureEstate.VaultId) =>
        About(kind, $"{principal}|{role.Id}|{scope}");

    /// <summary>A finding about a group, with all who count in it: people, and then programs.</summary>
    public static string OfGroup(string kind, string what, IEnumerable<string> people, params IEnumerable<string> programs) =>
        WithMembers(About(kind, what), people, programs);

    public static string Of(Drift drift) =>
        !drift.Evidence.TryGetValue("persons", out var persons)
            ? $"{drift.FindingKind} {drift.About}"
            : $"{drift.FindingKind} {drift.About} [{persons}+{drift.Evidence.GetValueOrDefault("servicePrincipals", "0")}: "
                + $"{drift.Evidence["among"]}]";

    public static T Pick<T>(Random dice, params T[] from) => from[dice.Next(from.Length)];

    private static string WithMembers(string about, IEnumerable<string> people, IEnumerable<string> programs)
    {
        var (some, others) = (people.Order(StringComparer.Ordinal).ToList(), programs.Order(StringComparer.Ordinal).ToList());
        return $"{about} [{some.Count}+{others.Count}: {string.Join(", ", some.Concat(others).Take(Sample))}]";
    }
}
