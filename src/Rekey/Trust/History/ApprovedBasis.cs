using Rekey.Decisions;

namespace Rekey.Trust.History;

/// <summary>A basis of trust that approvers have read and approved: the text of <see cref="VersionTrusted.Basis"/>.</summary>
internal static class ApprovedBasis
{
    private const string Prefix = "baseline/";

    public static string Of(Decision decision, SigningKey key, string version) => $"{Prefix}{decision.Id}/{key.Id}/{version}";

    /// <returns>The decision's id; null when the trust rests on a rotation.</returns>
    public static string? DecisionOf(string basis) =>
        basis.StartsWith(Prefix, StringComparison.Ordinal) ? basis[Prefix.Length..].Split('/')[0] : null;
}
