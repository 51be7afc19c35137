namespace Rekey.Tests.Trust.Intruders;

/// <param name="Token">The token's jti, of a block.</param>
internal sealed record Errand(int Tick, ErrandKind Kind, Guid Person, bool Hostile, string? Token = null)
{
    public string EventId => $"event-{Tick}-{Kind}";
}
