namespace Rekey.Local.Identity;

/// <summary>The options of an <see cref="IdentityServer"/>.</summary>
public sealed record IdentityOptions
{
    /// <summary>Tenant id: <c>tid</c>, and a segment of the issuer.</summary>
    public string TenantId { get; init; } = "11111111-2222-3333-4444-555555555555";

    /// <summary>Port of the https authority; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the managed-identity endpoint (http, loopback); 0 takes a free one.</summary>
    public int ManagedIdentityPort { get; init; }

    /// <summary>Further resources that the tenant knows, beyond Azure's own and those with role assignments.</summary>
    public IReadOnlyList<string> KnownAudiences { get; init; } = [];

    /// <summary>The lifetime of tokens. Entra's default for applications is between 60 and 90 minutes.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The clock of every <c>iat</c>, <c>nbf</c> and <c>exp</c>, and of validation.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
