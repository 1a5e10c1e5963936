export default {
  title: '余额',
  find: '查找余额',
};
