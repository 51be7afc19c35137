using OpenTelemetry.Trace;

namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>Records every span and exports none. <see cref="CallsWorthKeeping"/> decides when a span has ended and its outcome is
/// known.</summary>
internal sealed class RecordOnlySampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(SamplingDecision.RecordOnly);
}
