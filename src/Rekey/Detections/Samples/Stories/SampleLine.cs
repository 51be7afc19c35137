namespace Rekey.Detections.Samples.Stories;

/// <summary>One line of a log, with the moment at which it reached its collector.</summary>
public abstract record SampleLine(DateTimeOffset Arrived);
