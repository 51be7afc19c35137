namespace Rekey.Cli.Local;

/// <summary>An application of the local tenant that signs in with a secret.</summary>
internal sealed record LocalClient(string ClientId, string Secret)
{
    /// <summary>Hides the secret.</summary>
    public override string ToString() => ClientId;
}
