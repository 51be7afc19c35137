using Rekey.Core;
using Rekey.VaultAccess.Declared;

namespace Rekey.VaultAccess;

/// <summary>Who may reach the vaults, and how far Rekey goes when somebody else does.</summary>
public sealed class VaultAccessOptions
{
    /// <summary>How far removing an undeclared grant goes by itself.</summary>
    /// <remarks>Observe: who takes rights away by mistake causes an outage, so that first it is shown what would go.</remarks>
    public ResponseMode Mode { get; set; } = ResponseMode.Observe;

    /// <summary>Who may do what with which vault, as JSON in one setting; null: vaults are not swept.</summary>
    public string? Declaration { get; set; }

    /// <summary>SHA-256, hex, of the declaration that the last completed deployment carried. While it is another one nothing is
    /// removed.</summary>
    /// <remarks>Set when a deployment has ended, not while it runs: half a deployment is no declaration.</remarks>
    public string? DeclarationHash { get; set; }

    /// <summary>Client id of the second identity, user-assigned, which alone may read and delete role assignments; not the app's
    /// own.</summary>
    public string? RemoverClientId { get; set; }

    /// <summary>How many grants one sweep removes without a question; past that all of them are asked about.</summary>
    /// <remarks>Five: one person's mistakes are fewer, and a wrong declaration makes more.</remarks>
    public int MaxRemovalsASweep { get; set; } = 5;

    /// <summary>After how long without a sweep of a vault that is a finding.</summary>
    /// <remarks>Three hours: two sweeps may fail.</remarks>
    public TimeSpan OverdueAfter { get; set; } = TimeSpan.FromHours(3);

    /// <summary>The declaration; null when there is none. Call after <see cref="Validate"/>.</summary>
    public Declaration? ToDeclaration() => IsDeclared ? DeclarationReader.Read(Declaration!).Declaration : null;

    /// <summary>Whether the declaration is that of the last completed deployment.</summary>
    public bool IsDeployed =>
        IsDeclared
        && string.Equals(Rekey.VaultAccess.Declared.Declaration.HashOf(Declaration!), DeclarationHash, StringComparison.OrdinalIgnoreCase);

    private bool IsDeclared => !string.IsNullOrWhiteSpace(Declaration);

    /// <summary>Every mistake in these settings.</summary>
    /// <param name="environment">The environment that this deployment governs.</param>
    public IEnumerable<string> Validate(string environment)
    {
        if (IsDeclared)
        {
            var (declaration, mistakes) = DeclarationReader.Read(Declaration!);
            foreach (var mistake in mistakes)
            {
                yield return $"VaultAccess:Declaration: {mistake}";
            }

            if (declaration is not null && !string.Equals(declaration.Environment, environment, StringComparison.Ordinal))
            {
                yield return $"VaultAccess:Declaration: it is of environment '{declaration.Environment}', and this deployment governs "
                    + $"'{environment}'.";
            }
        }

        if (!string.IsNullOrEmpty(DeclarationHash) && (DeclarationHash.Length != 64 || !DeclarationHash.All(char.IsAsciiHexDigit)))
        {
            yield return "VaultAccess:DeclarationHash must be a SHA-256, 64 hexadecimal digits: sha256sum over the exact text of "
                + "VaultAccess:Declaration.";
        }

        if (Mode is ResponseMode.Enforce && !IsDeclared)
        {
            yield return "VaultAccess:Mode is Enforce, and there is no VaultAccess:Declaration: everything would be undeclared.";
        }

        if (Mode is ResponseMode.Enforce && string.IsNullOrEmpty(RemoverClientId))
        {
            yield return "VaultAccess:Mode is Enforce, and VaultAccess:RemoverClientId names no identity: the app's own may read only.";
        }

        if (!string.IsNullOrEmpty(RemoverClientId) && !Guid.TryParse(RemoverClientId, out _))
        {
            yield return "VaultAccess:RemoverClientId must be a GUID.";
        }

        if (MaxRemovalsASweep < 1)
        {
            yield return "VaultAccess:MaxRemovalsASweep must be 1 at least; Mode Ask removes nothing unasked.";
        }

        if (OverdueAfter < TimeSpan.FromHours(1))
        {
            yield return "VaultAccess:OverdueAfter must be an hour at least: that is how often vaults are swept.";
        }
    }
}
