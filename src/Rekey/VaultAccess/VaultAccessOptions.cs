using Rekey.Core;
using Rekey.VaultAccess.Declared;

namespace Rekey.VaultAccess;

/// <summary>The settings of vault access sweeps: the declaration, and the response to undeclared access.</summary>
public sealed class VaultAccessOptions
{
    /// <summary>How Rekey responds to an undeclared grant: show it, ask an approver, or remove it.</summary>
    /// <remarks>Default Observe: a mistaken removal causes an outage, so Rekey first shows what it would remove.</remarks>
    public ResponseMode Mode { get; set; } = ResponseMode.Observe;

    /// <summary>The declared vault access, as JSON in one setting. Null: vaults are not swept.</summary>
    public string? Declaration { get; set; }

    /// <summary>SHA-256 (hex) of the declaration of the last completed deployment. Rekey removes nothing while the hash differs.</summary>
    /// <remarks>Set it after a deployment has ended, not while it runs: the declaration of half a deployment is incomplete.</remarks>
    public string? DeclarationHash { get; set; }

    /// <summary>Client id of the second, user-assigned identity, which alone may read and delete role assignments. It must not be the
    /// app's own.</summary>
    public string? RemoverClientId { get; set; }

    /// <summary>The maximum number of grants that one sweep removes without approval. Beyond it, all of them need approval.</summary>
    /// <remarks>Default 5: one person makes fewer mistakes, and a wrong declaration causes more.</remarks>
    public int MaxRemovalsASweep { get; set; } = 5;

    /// <summary>The time without a sweep of a vault after which Rekey raises a finding.</summary>
    /// <remarks>Default 3 h: two sweeps may fail.</remarks>
    public TimeSpan OverdueAfter { get; set; } = TimeSpan.FromHours(3);

    /// <summary>Returns the declaration; null if there is none. Call it after <see cref="Validate"/>.</summary>
    public Declaration? ToDeclaration() => IsDeclared ? DeclarationReader.Read(Declaration!).Declaration : null;

    /// <summary>Whether the declaration is that of the last completed deployment.</summary>
    public bool IsDeployed =>
        IsDeclared
        && string.Equals(Rekey.VaultAccess.Declared.Declaration.HashOf(Declaration!), DeclarationHash, StringComparison.OrdinalIgnoreCase);

    private bool IsDeclared => !string.IsNullOrWhiteSpace(Declaration);

    /// <summary>Returns every mistake in these settings.</summary>
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
            yield return "VaultAccess:Mode is Enforce without a VaultAccess:Declaration: every grant would be undeclared.";
        }

        if (Mode is ResponseMode.Enforce && string.IsNullOrEmpty(RemoverClientId))
        {
            yield return "VaultAccess:Mode is Enforce without VaultAccess:RemoverClientId: the app's own identity can only read.";
        }

        if (!string.IsNullOrEmpty(RemoverClientId) && !Guid.TryParse(RemoverClientId, out _))
        {
            yield return "VaultAccess:RemoverClientId must be a GUID.";
        }

        if (MaxRemovalsASweep < 1)
        {
            yield return "VaultAccess:MaxRemovalsASweep must be at least 1; to remove nothing without approval, use Mode Ask.";
        }

        if (OverdueAfter < TimeSpan.FromHours(1))
        {
            yield return "VaultAccess:OverdueAfter must be at least an hour, the interval of sweeps.";
        }
    }
}
