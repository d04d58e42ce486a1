import { useQuery } from '@tanstack/react-query';
import { traffic } from '@/api/connections';
import classes from './Copy.module.css';
import { trafficText } from './trafficText';

interface Props {
  connectionId: string;
  baseId: string;
}

export function TrafficLine({ connectionId, baseId }: Props) {
  const { data } = useQuery(traffic(connectionId, baseId));
  // It is not worth a word that it cannot be told.
  return <p className={classes.traffic}>{data && trafficText(data)}</p>;
}
