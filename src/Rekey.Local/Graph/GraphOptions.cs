namespace Rekey.Local.Graph;

/// <summary>The options of a <see cref="GraphServer"/>.</summary>
public sealed record GraphOptions
{
    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The subscription whose events <see cref="GraphServer.Changed"/> carries.</summary>
    public GraphSubscription Subscription { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
