using Rekey.Local.Graph.Subscriptions;

namespace Rekey.Local.Graph;

/// <summary>The options of a <see cref="GraphServer"/>.</summary>
public sealed record GraphOptions
{
    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>A subscription that another application has made; null for none. Applications make others over the wire.</summary>
    public GraphSubscription? Subscription { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
