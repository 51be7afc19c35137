namespace Rekey.Watchdogs;

/// <summary>Something that must happen again and again.</summary>
/// <param name="What">Its name in the ledger's <c>ran</c> lines.</param>
/// <param name="After">After how long without it that is a finding. The ledger says it once an hour: longer than that.</param>
/// <param name="Without">What holds while it does not happen, in a plain sentence.</param>
/// <param name="Function">Whose log says why.</param>
public sealed record RegularRun(string What, TimeSpan After, string Without, string Function)
{
    /// <summary>The governed vaults are looked at: does anything stand there that should not?</summary>
    public const string Vaults = "look-at-vaults";

    /// <summary>Who reaches the declared vaults is read; its parts are vaults.</summary>
    public const string VaultAccess = "look-at-vault-access";
}
