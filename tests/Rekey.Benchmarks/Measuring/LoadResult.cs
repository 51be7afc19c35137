namespace Rekey.Benchmarks.Measuring;

/// <summary>What a server made of a load.</summary>
internal sealed record LoadResult(double PerSecond, double Median, double P99);
