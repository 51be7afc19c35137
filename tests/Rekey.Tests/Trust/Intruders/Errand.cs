namespace Rekey.Tests.Trust.Intruders;

/// <param name="Token">The token's jti, of a block.</param>
/// <param name="Key">The number of the key that signs, of tokens.</param>
/// <param name="Count">How many tokens.</param>
internal sealed record Errand(int Tick, ErrandKind Kind, Guid Person, bool Hostile, string? Token = null, int Key = 0, int Count = 1)
{
    public string EventId => $"event-{Tick}-{Kind}";
}
