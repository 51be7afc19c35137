namespace Rekey.Benchmarks.Measuring;

/// <summary>What is measured.</summary>
/// <param name="App">A published function app; null for the one that was built along.</param>
/// <param name="Quick">Only to see that it runs.</param>
internal sealed record Run(string? App, bool Quick)
{
    /// <summary>How often something is done.</summary>
    public int Times(int measured, int quick) => Quick ? quick : measured;
}
