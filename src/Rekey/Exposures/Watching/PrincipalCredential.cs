namespace Rekey.Exposures.Watching;

/// <summary>A credential of an application: a secret, a certificate or a federated credential.</summary>
/// <param name="Id">Its id in the directory.</param>
/// <param name="From">When it became valid; null when the directory does not say.</param>
/// <param name="Until">When it expires; null for never.</param>
public sealed record PrincipalCredential(string Id, DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>Whether a person who could read or make credentials until a time may know this one, and can still use it.</summary>
    public bool IsKnown(DateTimeOffset until, DateTimeOffset now) => !(From > until) && !(Until <= now);
}
