namespace Rekey.Trust.Publishing;

/// <summary>One key as published.</summary>
public sealed record PublishedKey(string Kid, string Thumbprint);
