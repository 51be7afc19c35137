using Azure.Core;
using Rekey.Local.Identity;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay.Packages;

/// <summary>The issuers' identity, which may sign in the vault and nothing else.</summary>
internal sealed class IssuerCredential(World world) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(world.Identity.Mint(World.IssuerObjectId, Audiences.KeyVault), DateTimeOffset.UtcNow.AddMinutes(30));

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
