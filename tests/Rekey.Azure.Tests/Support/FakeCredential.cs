using System.Collections.Concurrent;
using Azure.Core;

namespace Rekey.Azure.Tests.Support;

/// <summary>Gives <c>token-1</c>, <c>token-2</c>, … and remembers what it was asked for.</summary>
internal sealed class FakeCredential : TokenCredential
{
    public ConcurrentQueue<TokenRequestContext> Asked { get; } = new();

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Asked.Enqueue(requestContext);
        return new AccessToken($"token-{Asked.Count}", DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
