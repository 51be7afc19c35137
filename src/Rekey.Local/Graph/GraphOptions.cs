namespace Rekey.Local.Graph;

/// <summary>What a <see cref="GraphServer"/> is started with.</summary>
public sealed record GraphOptions
{
    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; }

    /// <summary>The subscription whose events <see cref="GraphServer.Changed"/> carries.</summary>
    public GraphSubscription Subscription { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
